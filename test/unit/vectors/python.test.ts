import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readVectors } from "../../../src/vectors/reader.js";
import { openVectorWriter } from "../../../src/vectors/writer.js";
import { storeVectors } from "../../../src/vectors/storedVectors.js";
import { writeSafetensors } from "../../../src/formats/safetensors.js";
import { writeFile } from "node:fs/promises";
import { hasPython, python } from "./python.js";
import { COLUMNS, sampleValues, sampleVectors } from "./sample.js";
import { tempFolder } from "../files/tempFolder.js";

const ROWS = 40;
const WIDTH = 13;
const STORES = ["fp32", "fp16", "int8"] as const;
const vectors = sampleVectors(ROWS, WIDTH);
const values = sampleValues(ROWS);

async function write(format: string, store: (typeof STORES)[number] = "fp32"): Promise<string> {
  const path = join(await tempFolder(), `v.${format}`);
  const writer = await openVectorWriter(path, { width: WIDTH, columns: COLUMNS, store, metadata: { encoder: "mini" } });
  await writer.write(vectors, values);
  await writer.commit();
  return path;
}

/** The vectors as the reader here has them, row by row, with -0 as 0: JSON of other languages may drop the sign. */
async function restored(path: string): Promise<number[][]> {
  const { data } = (await readVectors(path)).vectors;
  return Array.from({ length: ROWS }, (_, r) => Array.from(data.subarray(r * WIDTH, (r + 1) * WIDTH), (x) => x + 0));
}

/** Prints vectors (int8 times scale, as float32) and the other columns of a pyarrow table `t`. */
const SHOW_TABLE = `
import json, sys, numpy as np
def show(t):
    t.validate(full=True)
    v = np.array(t.column('vector').to_pylist(), dtype=np.float32)
    if 'scale' in t.column_names:
        v = v * np.array(t.column('scale').to_pylist(), dtype=np.float32)[:, None]
    names = [n for n in t.column_names if n not in ('vector', 'scale')]
    rows = list(zip(*[t.column(n).to_pylist() for n in names]))
    meta = {k.decode(): x.decode() for k, x in (t.schema.metadata or {}).items()}
    print(json.dumps({'vectors': (v + 0.0).tolist(), 'names': names, 'rows': rows, 'type': str(t.schema.field('vector').type), 'meta': meta}))
`;

describe.skipIf(!hasPython("numpy", "pyarrow"))("read by pyarrow", () => {
  it.each(STORES)("Parquet with %s has the same vectors and columns", async (store) => {
    const path = await write("parquet", store);
    const type = { fp32: "float", fp16: "halffloat", int8: "int8" }[store];
    expect(python(`${SHOW_TABLE}\nimport pyarrow.parquet as pq\nshow(pq.read_table(sys.argv[1]))`, path)).toEqual({
      vectors: await restored(path),
      names: COLUMNS,
      rows: values,
      type: expect.stringMatching(`^list<element: ${type} `) as unknown,
      meta: { encoder: "mini" },
    });
  });

  it.each(STORES)("Arrow with %s has the same vectors and columns, nulls at both ends [R48]", async (store) => {
    const path = await write("arrow", store);
    const type = { fp32: "float", fp16: "halffloat", int8: "int8" }[store];
    expect(python(`${SHOW_TABLE}\nimport pyarrow as pa\nshow(pa.ipc.open_file(sys.argv[1]).read_all())`, path)).toEqual(
      {
        vectors: await restored(path),
        names: COLUMNS,
        rows: values,
        type: `fixed_size_list<item: ${type}>[${WIDTH}]`,
        meta: { encoder: "mini" },
      },
    );
  });

  it.each(["parquet", "arrow"])("readVectors() reads %s that pyarrow wrote, in its own layout", async (format) => {
    const path = join(await tempFolder(), `theirs.${format}`);
    python(
      `
import json, sys, pyarrow as pa, pyarrow.parquet as pq, pyarrow.feather as f
t = pa.table({'n': pa.array([1, None, 3]), 'text': ['a', 'b', None], 'vector': pa.array([[1, 2], [3, 4], [5, 6.5]], pa.list_(pa.float64()))})
t = pa.concat_tables([t, t.slice(1, 1)])
pq.write_table(t, sys.argv[1], row_group_size=2) if sys.argv[1].endswith('t') else f.write_feather(t, sys.argv[1], compression='uncompressed')
print('null')`,
      path,
    );
    const back = await readVectors(path);
    expect([...back.vectors.data]).toEqual([1, 2, 3, 4, 5, 6.5, 3, 4]);
    expect(back.columns).toEqual(["n", "text"]);
    expect(back.values).toEqual([
      ["1", "a"],
      [null, "b"],
      ["3", null],
      [null, "b"],
    ]);
  });
});

describe.skipIf(!hasPython("duckdb"))("read by DuckDB", () => {
  it.each(STORES)("Parquet with %s has the same vectors and columns", async (store) => {
    const path = await write("parquet", store);
    const shown = python(
      `
import json, struct, sys, duckdb
names = [d[0] for d in duckdb.sql(f"select * from read_parquet('{sys.argv[1]}')").description]
rows = [dict(zip(names, r)) for r in duckdb.sql(f"select * from read_parquet('{sys.argv[1]}')").fetchall()]
single = lambda x: struct.unpack('f', struct.pack('f', x))[0] + 0.0
vectors = [[single(x * r.get('scale', 1)) for x in r['vector']] for r in rows]
others = [n for n in names if n not in ('vector', 'scale')]
print(json.dumps({'vectors': vectors, 'rows': [[r[n] for n in others] for r in rows]}))`,
      path,
    );
    expect(shown).toEqual({ vectors: await restored(path), rows: values });
  });
});

describe.skipIf(!hasPython("pandas", "pyarrow"))("read by pandas", () => {
  it("Parquet has one array of float32 a row", async () => {
    const path = await write("parquet");
    const shown = python(
      `
import json, sys, pandas as pd
d = pd.read_parquet(sys.argv[1])
print(json.dumps({'vectors': [(v + 0.0).tolist() for v in d['vector']], 'type': str(d['vector'][0].dtype), 'nulls': int(d['text'].isna().sum())}))`,
      path,
    );
    expect(shown).toEqual({
      vectors: await restored(path),
      type: "float32",
      nulls: values.filter(([text]) => text === null).length,
    });
  });
});

describe.skipIf(!hasPython("polars"))("read by Polars", () => {
  it.each(["fp32", "int8"] as const)("Parquet with %s is a list column", async (store) => {
    const path = await write("parquet", store);
    const shown = python(
      `
import json, sys, polars as pl
d = pl.read_parquet(sys.argv[1])
print(json.dumps({'first': d['vector'][5].to_list(), 'rows': d.height, 'text': d['text'].to_list()}))`,
      path,
    );
    const stored = storeVectors(vectors, store).values.slice(5 * WIDTH, 6 * WIDTH);
    expect(shown).toEqual({ first: [...stored], rows: ROWS, text: values.map(([text]) => text) });
  });
});

describe.skipIf(!hasPython("numpy"))("read by numpy", () => {
  it.each([
    ["fp32", "float32"],
    ["fp16", "float16"],
    ["int8", "int8"],
  ] as const)("npy with %s can be mapped and has the same numbers", async (store, type) => {
    const path = await write("npy", store);
    const shown = python(
      `
import json, sys, numpy as np
a = np.load(sys.argv[1], mmap_mode='r')
rows = [json.loads(line) for line in open(sys.argv[1][:-3] + 'jsonl', encoding='utf-8')]
v = a.astype(np.float32)
if a.dtype == np.int8: v = v * np.array([r['scale'] for r in rows], dtype=np.float32)[:, None]
print(json.dumps({'vectors': (v + 0.0).tolist(), 'type': str(a.dtype), 'order': bool(a.flags.c_contiguous), 'proto': [r['__proto__'] for r in rows]}))`,
      path,
    );
    const proto = values.map((row) => row[COLUMNS.indexOf("__proto__")]);
    expect(shown).toEqual({ vectors: await restored(path), type, order: true, proto });
  });

  it.each(["<f2", "<f4", ">f4", "<f8", ">f8"])(
    "readVectors() reads %s that numpy wrote, in C and in Fortran order",
    async (type) => {
      const folder = await tempFolder();
      for (const order of ["C", "F"]) {
        const path = join(folder, `${order}.npy`);
        const program = `
import sys, numpy as np
np.save(sys.argv[1], np.array([[1, 2, 3], [4, 5, 6.5]], dtype='${type}', order='${order}'))
print('null')`;
        python(program, path);
        const { vectors: back } = await readVectors(path);
        expect([back.rows, back.cols, ...back.data]).toEqual([2, 3, 1, 2, 3, 4, 5, 6.5]);
      }
    },
  );
});

describe.skipIf(!hasPython("safetensors", "numpy"))("read by the safetensors package", () => {
  it("has the same tensors and metadata", async () => {
    const path = join(await tempFolder(), "t.safetensors");
    const bytes = writeSafetensors(
      new Map([
        ["u8", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 255) }],
        ["__proto__", { dtype: "F32", shape: [2, 1], data: Float32Array.of(0.5, -2) }],
        ["f64", { dtype: "F64", shape: [], data: Float64Array.of(0.1) }],
        ["none", { dtype: "I32", shape: [0, 4], data: new Int32Array(0) }],
        ["i64", { dtype: "I64", shape: [1], data: BigInt64Array.of(-(2n ** 60n)) }],
      ]),
      { kind: "head" },
    );
    await writeFile(path, bytes);
    const shown = python(
      `
import json, sys
from safetensors import safe_open
f = safe_open(sys.argv[1], 'np')
print(json.dumps({'meta': f.metadata(), 'tensors': {k: [str(f.get_tensor(k).dtype), list(f.get_tensor(k).shape), f.get_tensor(k).tolist()] for k in f.keys() if k != 'i64'}, 'i64': str(f.get_tensor('i64')[0])}))`,
      path,
    );
    expect(shown).toEqual(
      JSON.parse(
        '{"meta":{"kind":"head"},"i64":"-1152921504606846976","tensors":{"u8":["uint8",[3],[1,2,255]],' +
          '"__proto__":["float32",[2,1],[[0.5],[-2]]],"f64":["float64",[],0.1],"none":["int32",[0,4],[]]}}',
      ),
    );
  });
});
