import { effectScope, type EffectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bindings, onEscape, onKey, useKeys } from '@/shell/keys'

let scope: EffectScope
let fired: string[]

function press(key: string, more: KeyboardEventInit & { keyCode?: number } = {}, on?: HTMLElement) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  if (more.keyCode) Object.defineProperty(event, 'keyCode', { value: more.keyCode })
  if (more.isComposing) Object.defineProperty(event, 'isComposing', { value: true })
  const target = on ?? document.body
  target.addEventListener('keydown', (heard) => onKey(heard as KeyboardEvent), { once: true })
  target.dispatchEvent(event)
}

beforeEach(() => {
  document.body.innerHTML = ''
  fired = []
  scope = effectScope()
  const say = (keys: string, anywhere = false) => ({
    keys,
    label: keys,
    run: () => fired.push(keys),
    anywhere,
  })
  scope.run(() => useKeys([say('j'), say('g m'), say('?'), say('ctrl+k', true)]))
})
afterEach(() => scope.stop())

describe('the keyboard map', () => {
  it('fires single keys, sequences and chords', () => {
    press('j')
    press('g')
    press('m')
    press('?')
    press('k', { ctrlKey: true })
    expect(fired).toEqual(['j', 'g m', '?', 'ctrl+k'])
  })

  it('tells a named key with shift from the key alone, and takes signs as they are', () => {
    for (const keys of ['arrowdown', 'shift+arrowdown'])
      scope.run(() => useKeys([{ keys, label: keys, run: () => fired.push(keys) }]))
    press('ArrowDown', { shiftKey: true })
    press('ArrowDown')
    press('?', { shiftKey: true })
    press('J', { shiftKey: true })
    expect(fired).toEqual(['shift+arrowdown', 'arrowdown', '?', 'j'])
  })

  it('never fires while an input method composes', () => {
    press('j', { isComposing: true })
    press('j', { keyCode: 229 })
    press('k', { ctrlKey: true, isComposing: true })
    expect(fired).toEqual([])
  })

  it('leaves the space bar to the button or box that has the focus, and plays elsewhere', () => {
    scope.run(() => useKeys([{ keys: ' ', label: '', run: () => fired.push('space') }]))
    document.body.innerHTML = '<button>a</button><input type="checkbox"><a href="#">b</a>'
    for (const name of ['button', 'input', 'a'])
      press(' ', {}, document.querySelector<HTMLElement>(name) as HTMLElement)
    press(' ')
    // A link is opened by Enter alone.
    expect(fired).toEqual(['space', 'space'])
  })

  it('leaves Enter to the button or link that has the focus', () => {
    scope.run(() => useKeys([{ keys: 'enter', label: '', run: () => fired.push('enter') }]))
    const button = document.createElement('button')
    document.body.append(button)
    press('Enter', {}, button)
    expect(fired).toEqual([])
    press('Enter')
    expect(fired).toEqual(['enter'])
  })

  it('never fires single keys in a field, but lets chords through', () => {
    const field = document.createElement('input')
    document.body.append(field)
    press('j', {}, field)
    press('k', { ctrlKey: true }, field)
    expect(fired).toEqual(['ctrl+k'])
  })

  it('goes on firing after a box was ticked', () => {
    const box = document.createElement('input')
    box.type = 'checkbox'
    document.body.append(box)
    press('j', {}, box)
    expect(fired).toEqual(['j'])
  })

  it('lets the page win over the shell and forgets it when the page is gone', () => {
    const page = effectScope()
    page.run(() => useKeys([{ keys: 'j', label: '', run: () => fired.push('page j') }]))
    press('j')
    page.stop()
    press('j')
    expect(fired).toEqual(['page j', 'j'])
    expect(bindings).toHaveLength(4)
  })

  it('drops a prefix that leads nowhere', () => {
    press('g')
    press('x')
    press('m')
    expect(fired).toEqual([])
  })
})

describe('Escape in a list of choices', () => {
  function escape(expanded: boolean, more: KeyboardEventInit = {}): string[] {
    document.body.innerHTML = `<div class="el-dialog"><input role="combobox"
      aria-expanded="${expanded}"></div>`
    const heard: string[] = []
    const list = document.querySelector('input')!
    list.addEventListener('keydown', (event) => {
      heard.push('list')
      event.stopPropagation()
    })
    document.querySelector('.el-dialog')!.addEventListener('keydown', () => heard.push('dialog'))
    document.addEventListener('keydown', onEscape, { capture: true })
    list.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, ...more }))
    document.removeEventListener('keydown', onEscape, { capture: true })
    return heard
  }
  it('closes the list while it is open, and else the dialog around it', () => {
    expect(escape(true)).toEqual(['list'])
    expect(escape(false)).toEqual(['dialog'])
  })
  it("is the input method's while it composes", () => {
    expect(escape(false, { isComposing: true })).toEqual(['list'])
  })
})
