/** `2026-11-23 03:00`, UTC. */
export const formatMinute = (time: Date): string => time.toISOString().slice(0, 16).replace('T', ' ');
