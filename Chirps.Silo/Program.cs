using System.CommandLine;
using Chirps.Silo.Commands;
using Chirps.Silo.Commands.Certs;
using Chirps.Silo.Commands.Iggy;
using Chirps.Silo.Commands.Keys;

var root = new RootCommand("Chirps: a cluster messaging mesh. Without a command: run.")
{
    RunCommand.Make(),
    DemoCommand.Make(),
    CertsCommand.Make(),
    IggyCommands.Make(),
    KeysCommand.Make(),
};
root.TreatUnmatchedTokensAsErrors = false;
root.SetAction((parsed, cancellationToken) => RunCommand.RunAsync([.. parsed.UnmatchedTokens], cancellationToken));
return await root.Parse(args).InvokeAsync();
