/** The figure a rule judges, where that is not the value itself. */
import { named, t } from '@/locale'
import { span } from '@/locale/figures'
import type { Lens } from '../curve/points'
import type { Station, Stream } from '../shapes'
import { quantityOf } from './quantities'
import type { Spec } from './spec'

const HOUR_S = 3600

export function lensOf(
  spec: Pick<Spec, 'kind' | 'window_s' | 'apart_s'> | null | undefined,
): Lens | undefined {
  const { kind, window_s } = spec ?? {}
  if (kind === 'difference') return { kind: 'less', windowMs: (spec?.apart_s ?? HOUR_S) * 1000 }
  if (!window_s || (kind !== 'sum' && kind !== 'rate' && kind !== 'count')) return undefined
  return { kind: kind === 'rate' ? 'rate' : 'sum', windowMs: window_s * 1000 }
}

/** What the curve seen through it is called. */
export function lensTitle(
  lens: Lens,
  stream: Pick<Stream, 'quantity_label'>,
  spec?: Pick<Spec, 'other' | 'pairs'> | null,
): string {
  const name = named(stream, 'quantity_label')
  if (lens.kind === 'less') {
    const other = quantityOf(spec?.other)
    return t('{name}减{other}', { name, other: other ? named(other) : t('另一处') })
  }
  const values = { window: span(lens.windowMs), name }
  return lens.kind === 'sum' ? t('{window}累计{name}', values) : t('{window}内{name}变化', values)
}

/** Code of the stream a difference takes away from another; none where the rule names none. */
export function partnerOf(
  spec: Pick<Spec, 'kind' | 'other' | 'pairs'>,
  code: string,
  station: Pick<Station, 'streams'> | null,
): string | undefined {
  if (spec.kind !== 'difference') return undefined
  const pair = spec.pairs?.find(([first]) => first === code)
  if (pair) return pair[1]
  return station?.streams.find(({ quantity }) => quantity === spec.other)?.code
}
