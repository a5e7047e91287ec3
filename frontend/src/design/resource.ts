/** A question to the server with its three honest outcomes: coming, failed (retry), here. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Problem } from '@/api/client'
import { whenLoggedIn } from '@/api/login-again'
import { whenBack } from '@/api/reach'

export interface Resource<T> {
  value: ShallowRef<T | null>
  error: ShallowRef<Problem | null>
  loading: Ref<boolean>
  load: () => Promise<void>
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem('invalid', 0, String(error instanceof Error ? error.message : error), '')
}

/**
 * Asks with an abort signal; a newer `load` cancels the one still under way.
 *
 * What was here stays when asking again fails (`OldRows` says so), unless `of` tells that by now
 * it would answer another question. What failed for want of a server is asked once it is back.
 */
export function useResource<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  of: () => unknown = () => null,
): Resource<T> {
  const value = shallowRef<T | null>(null)
  const error = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let control: AbortController | null = null
  let answered: unknown = null
  let forget = () => {}

  async function load(): Promise<void> {
    control?.abort()
    const mine = new AbortController()
    control = mine
    forget()
    loading.value = true
    const question = of()
    try {
      const answer = await ask(mine.signal)
      if (mine.signal.aborted) return
      value.value = answer
      answered = question
      error.value = null
    } catch (failure) {
      if (mine.signal.aborted) return
      if (question !== answered) value.value = null
      error.value = asProblem(failure)
      if (error.value.code === 'unreachable') forget = whenBack(() => void load())
      if (error.value.code === 'unauthenticated') forget = whenLoggedIn(() => void load())
    } finally {
      if (control === mine) loading.value = false
    }
  }

  onScopeDispose(() => {
    forget()
    control?.abort()
  })
  return { value, error, loading, load }
}
