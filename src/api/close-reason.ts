/** Why a survey left the screen. */
export type CloseReason =
  | 'finished'
  | 'dismissed'
  | 'outside'
  | 'escape'
  | 'timeout'
  | 'logout'
  | 'replaced'
  | 'destroyed';
