import type { FleetConfig } from "../../config/fleet/load-fleet.ts";

/** Part `index` of `count` of a fleet: the phones whose numbers leave `index` when they are divided by `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export const WHOLE_FLEET: Shard = { index: 0, count: 1 };

/** `0/4`. */
export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}

export function isInShard(number: number, { index, count }: Shard): boolean {
  return number % count === index;
}

/**
 * The settings of a worker: stated ports for the ACS are those of the first worker, and the others have the next ones. The page is
 * served by the parent.
 */
export function workerConfig(config: FleetConfig, { index }: Shard): FleetConfig {
  const { listen, web } = config.config;
  const port = listen.port === 0 ? 0 : listen.port + index;
  const udpPort = listen.udpPort ? listen.udpPort + index * config.udpSockets : listen.udpPort;
  const own = { listen: { ...listen, port, udpPort }, web: { ...web, enable: false } };
  return { ...config, config: { ...config.config, ...own } };
}

/** How many numbers of `first` to `first + size - 1` a shard has. */
export function sizeInShard(first: number, size: number, { index, count }: Shard): number {
  const below = (end: number): number => Math.ceil((end - index) / count);
  return below(first + size) - below(first);
}

/** Whether some number is in both. */
export function overlap(one: Shard, other: Shard): boolean {
  return (one.index - other.index) % greatestCommonDivisor(one.count, other.count) === 0;
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/**
 * What one of several processes may do, so that all together do what fleet.yaml says of the whole: its share of the ramp, of
 * the open sessions and of the UDP sockets, at least one.
 */
export function shareOf(config: FleetConfig, { count }: Shard): FleetConfig {
  const { ramp, openSessions, udpSockets } = config;
  return {
    ...config,
    ramp: { ...ramp, perSecond: ramp.perSecond / count },
    openSessions: Math.max(Math.round(openSessions / count), 1),
    udpSockets: Math.ceil(udpSockets / count),
  };
}
