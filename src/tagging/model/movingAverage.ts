import { LEARNED, type TaggerNetwork } from "./net.js";

/** A running average of a net's numbers, which is steadier than the last of them. */
export class MovingAverage {
  readonly network: TaggerNetwork;

  constructor(network: TaggerNetwork) {
    const copy = Object.fromEntries(
      LEARNED.map((name) => [name, { ...network[name], values: network[name].values.slice() }]),
    );
    this.network = { ...network, ...copy };
  }

  /** Moves towards `net`: `decay` of the average stays. */
  add(network: TaggerNetwork, decay: number): void {
    for (const name of LEARNED) {
      const [mine, theirs] = [this.network[name].values, network[name].values];
      for (let i = 0; i < mine.length; i++) mine[i] += (1 - decay) * (theirs[i] - mine[i]);
    }
  }
}
