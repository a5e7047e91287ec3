/**
 * White space in templates: between two elements on two lines it is a space on screen (the compiler
 * is told to preserve it), but inside a component's slot it is layout of our source alone: Element
 * Plus counts slot children, and a line break would be one.
 */
import { ElementTypes, NodeTypes, type NodeTransform } from '@vue/compiler-dom'

export const dropSlotSpace: NodeTransform = (node) => {
  if (node.type !== NodeTypes.ELEMENT) return
  const slot =
    node.tagType === ElementTypes.TEMPLATE &&
    node.props.some((prop) => prop.type === NodeTypes.DIRECTIVE && prop.name === 'slot')
  if (node.tagType !== ElementTypes.COMPONENT && !slot) return
  node.children = node.children.filter(
    (child) => child.type !== NodeTypes.TEXT || child.content.trim() !== '',
  )
}
