/** The call sheet under a finger: what is at hand stays at hand. */
import { effectScope, nextTick, shallowRef } from 'vue'
import { describe, expect, it } from 'vitest'
import type { SheetLine } from '@/warn/comms/shapes'
import { useAtHand } from '@/warn/board/at-hand'

const line = (person: string, message = `m-${person}`) =>
  ({ purpose: 'p', person, message }) as unknown as SheetLine

function sheet(...persons: string[]) {
  const lines = shallowRef(persons.map((person) => line(person)))
  const hand = effectScope().run(() => useAtHand(() => lines.value))!
  const turn = async (...next: SheetLine[]) => {
    lines.value = next
    await nextTick()
  }
  return { hand, turn, who: () => hand.current.value?.person }
}

describe('the line at hand', () => {
  it('is the first, and stays when others come before it or leave', async () => {
    const { hand, turn, who } = sheet('a', 'b', 'c')
    expect(who()).toBe('a')
    await turn(line('z'), line('a'), line('c'))
    expect([who(), hand.at.value]).toEqual(['a', 1])
  })

  it('is followed to the line of a later rung', async () => {
    const { hand, turn } = sheet('a', 'b')
    await turn(line('b'), line('a', 'newer'))
    expect([hand.current.value?.message, hand.gone.value]).toEqual(['newer', false])
  })

  it('stays before the eyes when it went off the list, until one goes on', async () => {
    const { hand, turn, who } = sheet('a', 'b', 'c')
    hand.step(1)
    expect(who()).toBe('b')
    await turn(line('a'), line('c'))
    expect([who(), hand.gone.value]).toEqual(['b', true])
    hand.step(1)
    expect([who(), hand.gone.value]).toEqual(['c', false])
  })

  it('goes back from a line that went off to the one before it', async () => {
    const { hand, turn, who } = sheet('a', 'b', 'c')
    hand.step(1)
    await turn(line('a'), line('c'))
    hand.step(-1)
    expect(who()).toBe('a')
  })

  it('gives the next once noted, and the one before at the end', async () => {
    const { hand, turn, who } = sheet('a', 'b')
    hand.take(hand.following())
    await turn(line('b'))
    expect(who()).toBe('b')
    expect(hand.following()).toBeNull()
    await turn(line('a'), line('b'))
    expect(hand.following()?.person).toBe('a')
  })

  it('comes with the next list when there was none', async () => {
    const { hand, turn, who } = sheet()
    expect([who(), hand.gone.value]).toEqual([undefined, false])
    await turn(line('a'))
    expect(who()).toBe('a')
    hand.take(null)
    await turn(line('b'))
    expect([who(), hand.gone.value]).toEqual(['b', false])
  })
})
