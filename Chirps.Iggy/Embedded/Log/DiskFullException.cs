namespace Chirps.Iggy.Embedded.Log;

/// <summary>The disk, or the quota on it, is full. What was to be written is not stored; the same append may work once there is room.</summary>
public sealed class DiskFullException(Exception? inner = null) : IOException("There is no room left on the disk of the log.", inner);
