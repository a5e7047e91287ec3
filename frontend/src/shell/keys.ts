/**
 * The keyboard map: one listener, bindings that pages add while they are shown.
 *
 * A key never fires while an input method composes (`isComposing`, or the keyCode 229 that older
 * engines send instead), inside a field, or with a dialog's own handling (`defaultPrevented`).
 */
import { onScopeDispose, shallowReactive } from 'vue'

export interface Binding {
  /** "j", "g m", "ctrl+k", "shift+arrowdown", "?" or "escape"; letters in lower case. */
  keys: string
  label: string
  run: () => void
  /** Also inside a field: only for chords such as ctrl+k. */
  anywhere?: boolean
}

export const bindings = shallowReactive<Binding[]>([])
const PAUSE = 900
let prefix = ''
let prefixAt = 0

export const composing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229

export function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return Boolean(
    target.closest(
      // Ticking a box is not writing: the keys go on working.
      'input:not([type="checkbox"]), textarea, select, [contenteditable="true"], [role="combobox"]',
    ),
  )
}

const overlaid = () => document.querySelector('.el-overlay:not([style*="display: none"])') !== null

function nameOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase()
  if (event.ctrlKey || event.metaKey) return `ctrl+${key}`
  // Of signs the shift key makes another sign ("?"); only named keys tell it.
  return event.shiftKey && key.length > 1 ? `shift+${key}` : key
}

/** What each key presses by itself: a button or link keeps it, somebody went there to press it. */
const PRESSED: Record<string, string> = {
  enter: 'button, a[href], summary, [role="button"]',
  ' ': 'button, summary, [role="button"], input[type="checkbox"], input[type="radio"]',
}
const presses = (name: string, target: EventTarget | null) =>
  name in PRESSED &&
  target instanceof HTMLElement &&
  target.closest(PRESSED[name] as string) !== null

function find(keys: string, field: boolean): Binding | undefined {
  // The page's binding was added last and wins over the shell's.
  for (let at = bindings.length - 1; at >= 0; at -= 1) {
    const binding = bindings[at]
    if (binding?.keys === keys && (!field || binding.anywhere)) return binding
  }
  return undefined
}

export function onKey(event: KeyboardEvent): void {
  if (composing(event) || event.defaultPrevented || event.altKey) return
  const name = nameOf(event)
  if (presses(name, event.target)) return
  const field = inField(event.target)
  if (!name.startsWith('ctrl+') && (field || overlaid())) return
  const now = event.timeStamp
  const held = prefix && now - prefixAt < PAUSE ? find(`${prefix} ${name}`, field) : undefined
  prefix = ''
  const hit = held ?? find(name, field)
  if (hit) {
    event.preventDefault()
    hit.run()
    return
  }
  if (bindings.some((binding) => binding.keys.startsWith(`${name} `))) {
    prefix = name
    prefixAt = now
  }
}

/** Escape in a list that is not open closes the dialog around it: the list would keep it for itself. */
export function onEscape(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || composing(event) || !(event.target instanceof Element)) return
  const list = event.target.closest('[role="combobox"][aria-expanded="false"]')
  const dialog = list?.closest('.el-dialog')
  if (!dialog) return
  event.stopPropagation()
  const { key, code } = event
  dialog.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true }))
}

/** Adds bindings until the calling component is gone. */
export function useKeys(added: Binding[]): void {
  bindings.push(...added)
  onScopeDispose(() => {
    for (const binding of added) {
      const at = bindings.indexOf(binding)
      if (at >= 0) bindings.splice(at, 1)
    }
  })
}
