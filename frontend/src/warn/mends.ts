/** How to mend what the check before issue found, by the finding's code. */
import { msg } from '@/locale'

const MENDS: Record<string, string> = {
  'no-area': msg('选地区'),
  elsewhere: msg('选地区'),
  refused: msg('选地区'),
  contradiction: msg('去看原预警'),
  duplicate: msg('去看原预警'),
  'ends-before': msg('改失效时间'),
  'second-person': msg('提交审核'),
}
const BY_PART: Record<string, string> = {
  'missing-kind': msg('选灾种'),
  'missing-level': msg('选级别'),
  'missing-start': msg('填起始时间'),
  'missing-area': msg('选地区'),
  'missing-caution': msg('填警示事项'),
  'missing-measures': msg('填措施'),
  'missing-issuer': msg('填发布单位'),
}

/** What to press; "" where nothing on the page mends it. */
export const mendOf = (code: string): string => MENDS[code] ?? BY_PART[code] ?? ''
