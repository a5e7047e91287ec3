/** The figure a rule judges, where that is not the value itself. */
import { named, t } from '@/locale'
import { span } from '@/locale/figures'
import type { Lens } from '../curve/points'
import type { Stream } from '../shapes'
import type { Spec } from './spec'

export function lensOf(spec: Pick<Spec, 'kind' | 'window_s'> | null | undefined): Lens | undefined {
  const { kind, window_s } = spec ?? {}
  if (!window_s || (kind !== 'sum' && kind !== 'rate' && kind !== 'count')) return undefined
  return { kind: kind === 'rate' ? 'rate' : 'sum', windowMs: window_s * 1000 }
}

/** What the curve seen through it is called. */
export function lensTitle(lens: Lens, stream: Pick<Stream, 'quantity_label'>): string {
  const values = { window: span(lens.windowMs), name: named(stream, 'quantity_label') }
  return lens.kind === 'sum' ? t('{window}累计{name}', values) : t('{window}内{name}变化', values)
}
