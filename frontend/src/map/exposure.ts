/** Asking who and what lies in an area. */
import { api } from '@/api/client'
import type { Exposure } from '@/api/work'
import { t } from '@/locale'
import type { LonLat } from './geometry'

export type Area =
  | { circle: { lon: number; lat: number; radius_m: number } }
  | { area: GeoJSON.Polygon }
  | { region: string; title: string }

export const around = ([lon, lat]: LonLat, radius_m = 1000): Area => ({
  circle: { lon, lat, radius_m },
})

export function askExposure(asked: Area): Promise<Exposure> {
  return api.post<Exposure>('/exposure', 'region' in asked ? { region: asked.region } : asked)
}

export function titleOfArea(asked: Area): string {
  if ('region' in asked) return asked.title
  if ('area' in asked) return t('画的范围')
  const { radius_m } = asked.circle
  return radius_m < 1000
    ? t('半径 {n} 米', { n: radius_m })
    : t('半径 {n} 公里', { n: radius_m / 1000 })
}

export const RADII = [300, 500, 1000, 2000, 5000, 10000]
