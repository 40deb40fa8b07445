import { LEARNED, type TaggerNetwork } from "./network.js";

/** An exponential moving average of a network's weights, which is steadier than the last ones. */
export class MovingAverage {
  readonly network: TaggerNetwork;

  constructor(network: TaggerNetwork) {
    const copy = Object.fromEntries(
      LEARNED.map((name) => [name, { ...network[name], values: network[name].values.slice() }]),
    );
    this.network = { ...network, ...copy };
  }

  /** Moves towards `network`: `decay` of the average stays. */
  add(network: TaggerNetwork, decay: number): void {
    for (const name of LEARNED) {
      const [mine, theirs] = [this.network[name].values, network[name].values];
      for (let i = 0; i < mine.length; i++) mine[i] += (1 - decay) * (theirs[i] - mine[i]);
    }
  }
}
