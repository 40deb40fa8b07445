;; One step of AdamW on float32 numbers, four at a time; adamw.ts says what the numbers are.
(module
  (memory (import "adamw" "memory") 1)

  ;; Places are bytes from the memory's start; `gradients` is read, the others are written.
  (func (export "step")
    (param $values i32) (param $first i32) (param $second i32) (param $gradients i32) (param $bytes i32)
    (param $rate f32) (param $epsilon f32) (param $shrink f32)
    (local $at i32) (local $whole i32)
    (local $g v128) (local $m v128) (local $v v128)
    (local $g1 f32) (local $m1 f32) (local $v1 f32)

    (local.set $whole (i32.and (local.get $bytes) (i32.const -16)))
    (block $four-done
      (loop $four
        (br_if $four-done (i32.ge_u (local.get $at) (local.get $whole)))
        (local.set $g (v128.load (i32.add (local.get $gradients) (local.get $at))))
        (local.set $m
          (f32x4.add
            (f32x4.mul (f32x4.splat (f32.const 0.9)) (v128.load (i32.add (local.get $first) (local.get $at))))
            (f32x4.mul (f32x4.splat (f32.const 0.1)) (local.get $g))))
        ;; A mean that fades without gradients would end in denormal numbers, which cost a hundredfold.
        (local.set $m
          (v128.and
            (local.get $m)
            (f32x4.gt (f32x4.abs (local.get $m)) (f32x4.splat (f32.const 1e-30)))))
        (local.set $v
          (f32x4.add
            (f32x4.mul (f32x4.splat (f32.const 0.999)) (v128.load (i32.add (local.get $second) (local.get $at))))
            (f32x4.mul
              (f32x4.splat (f32.const 0.001))
              (f32x4.mul (local.get $g) (local.get $g)))))
        (v128.store (i32.add (local.get $first) (local.get $at)) (local.get $m))
        (v128.store (i32.add (local.get $second) (local.get $at)) (local.get $v))
        (v128.store
          (i32.add (local.get $values) (local.get $at))
          (f32x4.sub
            (f32x4.mul
              (v128.load (i32.add (local.get $values) (local.get $at)))
              (f32x4.splat (local.get $shrink)))
            (f32x4.div
              (f32x4.mul (f32x4.splat (local.get $rate)) (local.get $m))
              (f32x4.add (f32x4.sqrt (local.get $v)) (f32x4.splat (local.get $epsilon))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $four)))

    (block $done
      (loop $one
        (br_if $done (i32.ge_u (local.get $at) (local.get $bytes)))
        (local.set $g1 (f32.load (i32.add (local.get $gradients) (local.get $at))))
        (local.set $m1
          (f32.add
            (f32.mul (f32.const 0.9) (f32.load (i32.add (local.get $first) (local.get $at))))
            (f32.mul (f32.const 0.1) (local.get $g1))))
        (local.set $m1
          (select
            (local.get $m1)
            (f32.const 0)
            (f32.gt (f32.abs (local.get $m1)) (f32.const 1e-30))))
        (local.set $v1
          (f32.add
            (f32.mul (f32.const 0.999) (f32.load (i32.add (local.get $second) (local.get $at))))
            (f32.mul (f32.const 0.001) (f32.mul (local.get $g1) (local.get $g1)))))
        (f32.store (i32.add (local.get $first) (local.get $at)) (local.get $m1))
        (f32.store (i32.add (local.get $second) (local.get $at)) (local.get $v1))
        (f32.store
          (i32.add (local.get $values) (local.get $at))
          (f32.sub
            (f32.mul (f32.load (i32.add (local.get $values) (local.get $at))) (local.get $shrink))
            (f32.div
              (f32.mul (local.get $rate) (local.get $m1))
              (f32.add (f32.sqrt (local.get $v1)) (local.get $epsilon)))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $one)))))
