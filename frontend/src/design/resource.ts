/** A question to the server with its three honest outcomes: coming, failed (retry), here. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Problem } from '@/api/client'

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

/** Asks with an abort signal; a newer `load` cancels the one still under way. */
export function useResource<T>(ask: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const value = shallowRef<T | null>(null)
  const error = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let control: AbortController | null = null

  async function load(): Promise<void> {
    control?.abort()
    const mine = new AbortController()
    control = mine
    loading.value = true
    try {
      const answer = await ask(mine.signal)
      if (mine.signal.aborted) return
      value.value = answer
      error.value = null
    } catch (failure) {
      if (mine.signal.aborted) return
      error.value = asProblem(failure)
    } finally {
      if (control === mine) loading.value = false
    }
  }

  onScopeDispose(() => control?.abort())
  return { value, error, loading, load }
}
