/**
 * Makes a new id of 25 lowercase letters and digits that sorts by time: `c`, the time, 16 random places. The server accepts
 * it as the id of a display or response (`^[0-9a-z]{16,64}$`), so that sending twice is storing once.
 */
export function newId(): string {
  const bytes = new Uint8Array(16);
  // Either source is enough: a page may have removed one of them.
  crypto.getRandomValues?.(bytes);
  const random = Array.from(bytes, (byte) => Math.floor((byte + Math.random() * 36) % 36).toString(36));
  return `c${Date.now().toString(36)}${random.join('')}`;
}
