using System.Text;
using Chirps.Engine.Membership;

namespace Chirps.Simulation;

/// <summary>Steps that scenarios share.</summary>
public static class Worlds
{
    /// <summary>Starts all nodes and waits until they know each other.</summary>
    /// <param name="world">The world.</param>
    /// <param name="limitSeconds">Virtual time it may take.</param>
    /// <returns>The world.</returns>
    public static SimWorld Form(this SimWorld world, double limitSeconds = 20) =>
        world.StartAll().RunUntil(w => w.Running.Count() == w.Nodes.Count && w.HasOneView, TimeSpan.FromSeconds(limitSeconds));

    /// <summary>Whether every running node holds a status of another.</summary>
    /// <param name="world">The world.</param>
    /// <param name="subject">The other.</param>
    /// <param name="status">The status.</param>
    /// <returns>Whether they do.</returns>
    public static bool AllHold(this SimWorld world, int subject, MemberStatus status) =>
        world.Running.All(node => node.Index == subject || node.StatusOf(world.Nodes[subject]) == status);

    /// <summary>Whether any running node ever reported a status of another.</summary>
    /// <param name="world">The world.</param>
    /// <param name="subject">The other.</param>
    /// <param name="status">The status.</param>
    /// <returns>Whether one did.</returns>
    public static bool AnyReported(this SimWorld world, int subject, MemberStatus status) =>
        world.Running.Any(node => node.Changes.Any(change => change.Member.Id == world.Nodes[subject].Id && change.NewStatus == status));

    /// <summary>What a node reads of another's key; <see langword="null"/> when there is none.</summary>
    /// <param name="reader">Who reads.</param>
    /// <param name="owner">Whose key it is.</param>
    /// <param name="key">The key.</param>
    /// <returns>The value as text.</returns>
    public static string? Read(SimNode reader, SimNode owner, string key) =>
        reader.Engine.TryGetState(owner.Id, out var view) && view.Find(key) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    /// <summary>Whether every running node reads a value of another's key.</summary>
    /// <param name="world">The world.</param>
    /// <param name="owner">Whose key it is.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; <see langword="null"/> for none.</param>
    /// <returns>Whether they do.</returns>
    public static bool AllRead(this SimWorld world, int owner, string key, string? value) =>
        world.Running.All(node => Read(node, world.Nodes[owner], key) == value);

    /// <summary>Whether a node holds of every running node exactly what that one wrote.</summary>
    /// <param name="world">The world.</param>
    /// <param name="reader">The node.</param>
    /// <returns>Whether it does.</returns>
    public static bool HoldsAll(this SimWorld world, int reader) => world.Running.All(owner =>
        world.Nodes[reader].Engine.TryGetState(owner.Id, out var held) && owner.Engine.TryGetState(owner.Id, out var own)
        && held.Generation == own.Generation && held.MaxVersion == own.MaxVersion && held.Entries.Count == own.Entries.Count);

    /// <summary>Crashes a node, measures how long every survivor takes to declare it dead, and starts it again.</summary>
    /// <param name="world">The world.</param>
    /// <returns>The virtual time.</returns>
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
