/** Server-sent events out of a byte stream, comments included: a heartbeat is a comment. */

export interface Frame {
  id: string
  event: string
  data: string
}

export interface SseReader {
  /** Feeds decoded text; calls back for every complete frame and every comment. */
  push: (text: string) => void
}

export function sseReader(onFrame: (frame: Frame) => void, onComment: () => void): SseReader {
  let rest = ''
  let frame: Frame = { id: '', event: 'message', data: '' }

  function line(text: string): void {
    if (text === '') {
      if (frame.data) onFrame({ ...frame, data: frame.data.slice(0, -1) })
      frame = { id: frame.id, event: 'message', data: '' }
      return
    }
    if (text.startsWith(':')) {
      onComment()
      return
    }
    const colon = text.indexOf(':')
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') frame.data += `${value}\n`
    else if (field === 'event') frame.event = value
    else if (field === 'id') frame.id = value
  }

  return {
    push(text) {
      rest += text
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      lines.forEach(line)
    },
  }
}
