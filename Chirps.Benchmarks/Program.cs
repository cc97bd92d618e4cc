using BenchmarkDotNet.Running;
using Chirps.Benchmarks.Durable;
using Chirps.Benchmarks.Loopback;
using Chirps.Benchmarks.Membership;
using Chirps.Benchmarks.Raft;
using Chirps.Benchmarks.Transport;

// Whole-path figures by default; `transport` for QUIC by itself; `membership` for what the membership promises; `durable` for messages on
// disk; `micro` for BenchmarkDotNet on single classes. `peer`,
// `transport-peer` and `transport-idle` are the other processes of a run.
return args switch
{
    ["micro", .. var rest] => Micro(rest),
    ["peer", var directory] => await PeerProcess.RunAsync(directory),
    ["transport-peer", var directory] => await TransportPeer.RunAsync(directory),
    ["transport-idle", var kind, var directory, var port] => await IdleClient.RunAsync(kind, directory, int.Parse(port, null)),
    [] or ["loopback"] => await LoopbackBench.RunAsync(quick: false),
    ["quick"] => await LoopbackBench.RunAsync(quick: true),
    ["membership", "quick", .. var sections] => await MembershipFigures.RunAsync(quick: true, sections),
    ["membership", .. var sections] => await MembershipFigures.RunAsync(quick: false, sections),
    ["transport", "quick", .. var sections] => await TransportBench.RunAsync(quick: true, sections),
    ["transport", .. var sections] => await TransportBench.RunAsync(quick: false, sections),
    ["raft-node", var directory, var name, var groups, .. var seeds] => await RaftBenchNode.RunAsync(directory, name, int.Parse(groups, null), seeds),
    ["raft", "quick", .. var sections] => await RaftBench.RunAsync(quick: true, sections),
    ["raft", .. var sections] => await RaftBench.RunAsync(quick: false, sections),
    ["durable"] => await DurableBench.RunAsync(quick: false),
    ["durable", "quick"] => await DurableBench.RunAsync(quick: true),
    _ => Usage(),
};

static int Micro(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(LoopbackBench).Assembly).Run(args);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("bench [loopback | quick | transport [quick] [latency messages bulk urgent handshakes memory many] | membership [quick] [simulator crash growth loss pause spread survivors traffic partition newcomer real] | durable [quick] | raft [quick] [one many snapshot] | micro [BenchmarkDotNet options]]");
    return 2;
}
