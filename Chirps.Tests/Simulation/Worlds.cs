using System.Text;
using Chirps.Engine.Membership;
using Chirps.Simulation;

namespace Chirps.Tests.Simulation;

/// <summary>Steps that scenarios share.</summary>
internal static class Worlds
{
    /// <summary>Starts all nodes and waits until they know each other.</summary>
    public static SimWorld Form(this SimWorld world, double limitSeconds = 20) =>
        world.StartAll().RunUntil(w => w.Running.Count() == w.Nodes.Count && w.HasOneView, TimeSpan.FromSeconds(limitSeconds));

    /// <summary>Whether every running node holds a status of another.</summary>
    public static bool AllHold(this SimWorld world, int subject, MemberStatus status) =>
        world.Running.All(node => node.Index == subject || node.StatusOf(world.Nodes[subject]) == status);

    /// <summary>Whether any running node ever reported a status of another.</summary>
    public static bool AnyReported(this SimWorld world, int subject, MemberStatus status) =>
        world.Running.Any(node => node.Changes.Any(change => change.Member.Id == world.Nodes[subject].Id && change.NewStatus == status));

    /// <summary>What a node reads of another's key; <see langword="null"/> when there is none.</summary>
    public static string? Read(SimNode reader, SimNode owner, string key) =>
        reader.Engine.TryGetState(owner.Id, out var view) && view.Find(key) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    /// <summary>Whether every running node reads a value of another's key.</summary>
    public static bool AllRead(this SimWorld world, int owner, string key, string? value) =>
        world.Running.All(node => Read(node, world.Nodes[owner], key) == value);

    /// <summary>Whether a node holds of every running node exactly what that one wrote.</summary>
    public static bool HoldsAll(this SimWorld world, int reader) => world.Running.All(owner =>
        world.Nodes[reader].Engine.TryGetState(owner.Id, out var held) && owner.Engine.TryGetState(owner.Id, out var own)
        && held.Generation == own.Generation && held.MaxVersion == own.MaxVersion && held.Entries.Count == own.Entries.Count);

    /// <summary>Crashes a node, measures how long every survivor takes to declare it dead, and starts it again.</summary>
    public static TimeSpan MeasureCrash(this SimWorld world)
    {
        var victim = world.Chance.Next(world.Nodes.Count);
        world.RunFor(TimeSpan.FromSeconds(1) + TimeSpan.FromMilliseconds(world.Chance.Next(1000)));
        var start = world.Now;
        world.Crash(victim).RunUntil(w => w.AllHold(victim, MemberStatus.Dead), TimeSpan.FromSeconds(20));
        var taken = world.Now - start;
        world.Start(victim, victim == 0 ? 1 : 0).RunUntil(w => w.HasOneView, TimeSpan.FromSeconds(10));
        return taken;
    }
}
