// What the pages are put together from.

export { default as Command } from './parts/Command.svelte';
export { default as Conditions } from './parts/Conditions.svelte';
export { default as Copy } from './parts/Copy.svelte';
export { default as Empty } from './parts/Empty.svelte';
export { default as FactLine } from './parts/FactLine.svelte';
export { default as Facts } from './parts/Facts.svelte';
export { default as Gate } from './parts/Gate.svelte';
export { default as Hint } from './parts/Hint.svelte';
export { default as Name } from './parts/Name.svelte';
export { default as Outcome } from './parts/Outcome.svelte';
export { default as Page } from './parts/Page.svelte';
export { default as ReasonSign } from './parts/ReasonSign.svelte';
export { default as Sign } from './parts/Sign.svelte';
export { default as Text } from './parts/Text.svelte';
export { default as Time } from './parts/Time.svelte';
export { default as WaysOn } from './parts/WaysOn.svelte';
