/** A pair of neighbors that may be joined. */
interface Candidate {
  readonly rank: number;
  /** Of the left one. */
  readonly at: number;
  /** What they become. */
  readonly id: number;
}

/** A binary heap of candidates: the lowest rank first, and of equal ranks the leftmost. */
export function pairHeap(): { push(rank: number, at: number, id: number): void; pop(): Candidate | undefined } {
  const heap: Candidate[] = [];
  const isBefore = (a: Candidate, b: Candidate): boolean => a.rank < b.rank || (a.rank === b.rank && a.at < b.at);
  return {
    push(rank, at, id) {
      const one = { rank, at, id };
      let slot = heap.length;
      while (slot > 0 && isBefore(one, heap[(slot - 1) >> 1])) {
        heap[slot] = heap[(slot - 1) >> 1];
        slot = (slot - 1) >> 1;
      }
      heap[slot] = one;
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return top;
      let slot = 0;
      for (let child = 1; child < heap.length; child = 2 * slot + 1) {
        if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
        if (isBefore(last, heap[child])) break;
        heap[slot] = heap[child];
        slot = child;
      }
      heap[slot] = last;
      return top;
    },
  };
}
