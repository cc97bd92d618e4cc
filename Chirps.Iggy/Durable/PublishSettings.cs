using Chirps.Node;

namespace Chirps.Iggy.Durable;

/// <summary>How a message is published. The default is: ordered by its topic, which is the channel.</summary>
/// <param name="Key">Messages with equal keys keep their order, 1 to 255 bytes of UTF-8; <see langword="null"/> for the topic.</param>
/// <param name="Topic">1 to 255 bytes of UTF-8, for readers; <see langword="null"/> for the channel.</param>
/// <param name="MessageId">An id for a caller that may publish it again: the embedded server stores a message with an id among those it remembers once.</param>
/// <param name="Deadline">How long to wait for the server's answer; <see langword="null"/> for <see cref="IggyOptions.SendTimeout"/>.</param>
public readonly record struct PublishSettings(string? Key = null, string? Topic = null, Guid? MessageId = null, TimeSpan? Deadline = null);
