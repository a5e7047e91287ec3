import { describe, expect, it } from 'vitest'
import { effectScope, nextTick, ref, shallowRef } from 'vue'
import { useFit } from '@/wall/fit'

/** A card of 100 in which a line takes 30: what is listed decides its height. */
const card = (shown: () => number) =>
  ({
    clientHeight: 100,
    get scrollHeight() {
      return Math.max(100, shown() * 30)
    },
  }) as HTMLElement

describe('lines of a card of the wall', () => {
  it('are as many as it holds, however many there were before', async () => {
    const rows = ref<number[]>([])
    const scope = effectScope()
    const fits = scope.run(() => {
      const held = shallowRef<HTMLElement | null>(null)
      const found = useFit(held, rows)
      held.value = card(() => found.value)
      return found
    })!
    for (const [told, held] of [
      [9, 3],
      [2, 2],
      [40, 3],
    ] as const) {
      rows.value = Array.from({ length: told }, (_, place) => place)
      for (let turn = 0; turn < 50; turn += 1) await nextTick()
      expect(fits.value).toBe(held)
    }
    scope.stop()
  })
})
