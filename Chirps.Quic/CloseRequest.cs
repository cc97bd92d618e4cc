namespace Chirps.Quic;

/// <summary>A close asked for by our own side.</summary>
/// <param name="Code">An application code, or a transport code.</param>
/// <param name="Reason">Told to the peer.</param>
/// <param name="IsTransport">Which of both.</param>
internal sealed record CloseRequest(ulong Code, string Reason, bool IsTransport);
