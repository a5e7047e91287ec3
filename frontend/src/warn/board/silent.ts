/** A village that fell silent (失联村), as `GET /calls/silent-villages` gives it. */
import { t } from '@/locale'

interface Sign {
  /** What this kind of sign says; unknown proves nothing. */
  says: 'silent' | 'alive' | 'unknown'
  n: number
}

export interface SilentVillage {
  id: string
  region: string
  region_name: string
  /** The last sign of life, or when its posts were called. */
  since: string
  /** Whose calls nobody answered; null where nobody was called. */
  alert: string | null
  evidence: { posts: number; sensors: Sign; phones: Sign }
  /** The debt of the duty room above; "" where nobody sits there. */
  obligation: string
  asked: string | null
  answered_at: string | null
}

/** What showed it: only what is silent is told, what is unknown proves nothing. */
export function signsOf({ posts, sensors, phones }: SilentVillage['evidence']): string {
  const told = posts ? [t('{n} 个岗位无人应答', { n: posts })] : []
  if (phones.says === 'silent') told.push(t('{n} 部电话没有回执', { n: phones.n }))
  if (sensors.says === 'silent') told.push(t('{n} 个监测设备断了', { n: sensors.n }))
  if (!posts) told.push(t('没有在叫应'))
  return told.join(' · ')
}
