/** Why a survey left the screen. */
export type CloseReason =
  /** It was complete. */
  | 'finished'
  /** The visitor closed it before it was complete, or the page did by `closeSurvey`. */
  | 'dismissed'
  /** The visitor clicked outside of it. */
  | 'outside'
  /** The visitor pressed Escape. */
  | 'escape'
  /** The visitor did nothing for the time that the survey sets (`autoClose`). */
  | 'timeout'
  /** Logout, or another person was identified. */
  | 'logout'
  /** It continues in another tab, or another document took its place. */
  | 'replaced'
  /** The client was destroyed. */
  | 'destroyed';
