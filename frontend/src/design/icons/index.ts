import { acts } from './acts'
import { gauges } from './gauges'
import { things } from './things'

export const drawings: Record<string, string> = { ...things, ...gauges, ...acts }
export type ThingName = keyof typeof things

/** What the register's declaration may call the same thing. */
const ALIASES: Record<string, string> = {
  shelters: 'shelter',
  teams: 'team',
  units: 'unit',
  building: 'unit',
  persons: 'person',
  account: 'globe',
  people: 'person',
  posts: 'post',
  badge: 'post',
  'key-sites': 'key-site',
  keysite: 'key-site',
  site: 'key-site',
  zone: 'danger-zone',
  reservoirs: 'reservoir',
  'danger-zones': 'danger-zone',
  danger: 'danger-zone',
  hazard: 'danger-zone',
  households: 'household',
  home: 'household',
  residents: 'resident',
  vessels: 'vessel',
  boat: 'vessel',
  ship: 'vessel',
  cameras: 'camera',
  video: 'camera',
  regions: 'region',
  'duty-rota': 'rota',
  stations: 'station',
  streams: 'stream',
  gateways: 'gateway',
  rainfall: 'rain',
  'rain-gauge': 'rain',
  geological: 'slope',
  landslide: 'slope',
  hazchem: 'tank',
  'forest-fire': 'flame',
  'forest-weather': 'flame',
  gas: 'pipe',
  bridge: 'tunnel',
  'bridge-tunnel': 'tunnel',
  waterlogging: 'tunnel',
  fire: 'hydrant',
  vehicle: 'truck',
}

/** The drawing's own name for what a register calls it. */
export const iconKey = (name: string) => ALIASES[name] ?? name

export function drawing(name: string | null | undefined): string {
  const key = name ?? ''
  return drawings[key] ?? drawings[ALIASES[key] ?? ''] ?? drawings.thing ?? ''
}
