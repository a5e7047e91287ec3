/** What was found in the search box, as the map takes it: how near to go, and what to show of it. */
import { registerOf } from '@/api/meta'
import type { SearchHit } from '@/api/types'
import { t } from '@/locale'
import type { LonLat } from './geometry'
import { LIVE_ICONS } from './live/live-style'
import type { Picked } from './picked'

/** A county, a township, a village. */
export const zoomOf = (code: string) => (/0{6}$/.test(code) ? 10 : code.endsWith('000') ? 12 : 14)

export const nearOf = (hit: SearchHit | null) => (hit?.kind === 'region' ? zoomOf(hit.id) : 15)

/** A row or an incident; null for what is only a place. */
export function pickedHit(hit: SearchHit, at: LonLat): Picked | null {
  const plain = { id: hit.id, name: hit.title, at }
  if (hit.kind === 'incident') {
    const layer = 'live-incidents'
    return {
      ...plain,
      register: null,
      layer,
      title: t('突发事件'),
      icon: LIVE_ICONS[layer] ?? 'thing',
      live: {
        id: hit.id,
        name: hit.title,
        level: hit.level ?? null,
        text: hit.subtitle,
        text_en: hit.subtitle_en ?? hit.subtitle,
        label: '',
        label_en: '',
        at: null,
        page: `/incidents/${hit.id}`,
        rough: hit.rough ?? false,
      },
    }
  }
  const register = hit.kind === 'register' ? registerOf(hit.key) : undefined
  return register ? { ...plain, register: hit.key, title: '', icon: register.icon } : null
}
