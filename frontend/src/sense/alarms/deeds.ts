/** One deed on many alarms: each answers for itself, and what was refused is said. */
import { ElMessage } from 'element-plus'
import { api } from '@/api/client'
import { problemText } from '@/design/problem-text'
import { asProblem } from '@/design/resource'
import { t } from '@/locale'
import type { AlarmVerb } from '../shapes'

/** The server takes so many at once. */
export const MOST = 500

interface Outcome {
  id: string
  outcome: 'done' | 'unchanged' | 'refused'
  code: string
  reason: string
}
interface Answer {
  done: number
  unchanged: number
  refused: number
  outcomes: Outcome[]
}

export interface Done {
  /** Done now, or so already. */
  settled: number
  refused: string[]
  /** Why, each reason once. */
  reasons: string[]
}

/** Does the deed chunk by chunk; throws only when nothing at all was done. */
export async function doOnMany(verb: AlarmVerb, ids: string[], said: object = {}): Promise<Done> {
  const done: Done = { settled: 0, refused: [], reasons: [] }
  const reasons = new Set<string>()
  for (let from = 0; from < ids.length; from += MOST) {
    const part = ids.slice(from, from + MOST)
    try {
      const told = await api.post<Answer>(`/alarms/${verb}`, { ids: part, ...said })
      done.settled += told.done + told.unchanged
      for (const one of told.outcomes) {
        if (one.outcome !== 'refused') continue
        done.refused.push(one.id)
        reasons.add(one.reason)
      }
    } catch (failure) {
      if (!done.settled) throw failure
      done.refused.push(...part)
      reasons.add(problemText(asProblem(failure)))
    }
  }
  done.reasons = [...reasons]
  return done
}

/** Says aloud what became of it: what was not done stays on screen until it is read. */
export function tellMany(sentence: string, { settled, refused, reasons }: Done): void {
  if (settled) ElMessage({ type: 'success', message: sentence, duration: 2500 })
  if (!refused.length) return
  ElMessage({
    type: 'error',
    message: t('{n} 条没有办成：{why}', { n: refused.length, why: reasons.join('；') }),
    duration: 0,
    showClose: true,
  })
}
