using Orleans.Concurrency;

namespace Chirps.Tests.Conformance;

[GenerateSerializer, Alias("Chirps.Tests.Conformance.Parcel")]
public sealed class Parcel
{
    [Id(0)]
    public string Label { get; set; } = "";

    [Id(1)]
    public List<int> Weights { get; set; } = [];

    [Id(2)]
    public Parcel? Inner { get; set; }

    [field: NonSerialized]
    public string NotDeclared { get; set; } = "";
}

[GenerateSerializer, Alias("Chirps.Tests.Conformance.Stamp")]
public sealed record Stamp([property: Id(0)] string Text, [property: Id(1)] int[] Marks);

[GenerateSerializer, Alias("Chirps.Tests.Conformance.Pair")]
public readonly record struct Pair([property: Id(0)] Guid Left, [property: Id(1)] int[] Right);

[GenerateSerializer, Immutable, Alias("Chirps.Tests.Conformance.Fixed")]
public sealed record Fixed([property: Id(0)] string Text);

public sealed class Undeclared
{
    public string Text { get; set; } = "";
}

[GenerateSerializer, Alias("Chirps.Tests.Conformance.RefusedException")]
public sealed class RefusedException(string message, int code) : Exception(message)
{
    [Id(0)]
    public int Code { get; private set; } = code;
}

public sealed class UndeclaredException(string message) : Exception(message);

[Alias("Chirps.Tests.Conformance.IPlainGrain")]
public interface IPlainGrain : IGrainWithStringKey
{
    Task<string> Key();

    Task<string> Activation();

    ValueTask<int> Increment();

    /// <summary>Enters, waits for the gate, leaves; answers the greatest number of requests inside at once.</summary>
    Task<int> Overlap(string gate);

    [AlwaysInterleave]
    Task<int> Inside();

    [ReadOnly]
    Task<int> ReadOverlap(string gate);

    [OneWay]
    Task FireAndForget(string gate);

    [ResponseTimeout("00:00:00.300")]
    Task Slow(string gate);

    Task<bool> WaitForCancellation(string mark, CancellationToken cancellationToken);

    Task<bool> ResumesOnScheduler();

    Task<string?> Trace(string key);

    Task<string?> TraceThrough(string key);

    Task SelfCall();

    Task SelfCallAllowed();

    Task Fail(string kind);

    Task LeaveWhenIdle();

    Task StartTimer(string mark);
}

[Alias("Chirps.Tests.Conformance.ICopyGrain")]
public interface ICopyGrain : IGrainWithStringKey
{
    Task<Parcel> Keep(Parcel parcel);

    Task<Parcel> Kept();

    Task<Stamp> EchoStamp(Stamp value);

    Task<Pair> EchoPair(Pair value);

    Task<object?> EchoAny(object? value);

    Task<ReadOnlyMemory<byte>> EchoBytes(ReadOnlyMemory<byte> value);

    Task SendUndeclared(object value);

    Task<bool> SameInSilo();

    Task<bool> ImmutableIsSameInSilo();

    Task<bool> IsSame(Parcel parcel);

    Task<bool> IsSameFixed(Fixed value);

    Task<bool> IsSameMarked([Immutable] Parcel parcel);

    Task<bool> IsSameWrapped(Immutable<Parcel> parcel);
}

[Alias("Chirps.Tests.Conformance.IReentrantGrain")]
public interface IReentrantGrain : IGrainWithStringKey
{
    Task<int> Overlap(string gate);

    Task SelfCall();

    Task Touch();
}

[Alias("Chirps.Tests.Conformance.IWorkerGrain")]
public interface IWorkerGrain : IGrainWithStringKey
{
    Task<string> Work(string gate);
}

[Alias("Chirps.Tests.Conformance.IFailingGrain")]
public interface IFailingGrain : IGrainWithStringKey
{
    Task Touch();
}

[Alias("Chirps.Tests.Conformance.INobodyGrain")]
public interface INobodyGrain : IGrainWithStringKey
{
    Task Touch();
}

[Alias("Chirps.Tests.Conformance.IListenerGrain")]
public interface IListenerGrain : IGrainWithStringKey
{
    Task Subscribe(string stream);

    Task Unsubscribe(string stream);

    Task<int> CountHandles(string stream);

    Task<List<string>> Received();

    Task Publish(string stream, string text);

    Task Leave();

    Task Block(string gate);
}

[Alias("Chirps.Tests.Conformance.IImplicitGrain")]
public interface IImplicitGrain : IGrainWithStringKey
{
    Task<List<string>> Received();
}
