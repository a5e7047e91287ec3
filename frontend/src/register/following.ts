/** Follows work of the server's own until it is over: asks again while it is busy. */
import { onScopeDispose, type Ref, type ShallowRef } from 'vue'
import { tellProblem } from '@/design/problem-text'

const AGAIN = 700

/** `done` is called once the work has ended well. */
export function useFollowing<Run extends { state: string }>(
  run: ShallowRef<Run | null>,
  ask: () => Promise<Run>,
  busy: Readonly<Ref<boolean>>,
  done: () => void,
): { follow: () => Promise<void> } {
  let timer = 0
  onScopeDispose(() => clearTimeout(timer))

  async function follow(): Promise<void> {
    clearTimeout(timer)
    if (!busy.value) {
      if (run.value?.state === 'done') done()
      return
    }
    timer = window.setTimeout(async () => {
      const mine = run.value
      try {
        const found = await ask()
        if (run.value !== mine) return
        run.value = found
      } catch (failure) {
        tellProblem(failure)
      }
      await follow()
    }, AGAIN)
  }
  return { follow }
}
