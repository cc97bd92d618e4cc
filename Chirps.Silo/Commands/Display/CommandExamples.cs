namespace Chirps.Silo.Commands.Display;

/// <summary>Examples in the help of each command, as they are typed.</summary>
internal static class CommandExamples
{
    private static readonly Dictionary<string, string[]> _examples = new(StringComparer.Ordinal)
    {
        ["chirps"] = ["chirps demo", "chirps run --config chirps.toml", "chirps members --node http://10.0.0.7:8080", "eval \"$(chirps completion bash)\""],
        ["chirps run"] = [
            "chirps run --config chirps.toml",
            "chirps run --id node-2 --listen 127.0.0.1:42001 --seed 127.0.0.1:42000 --http 127.0.0.1:8081",
            "chirps run --Chirps:Limits:ControlBytes=8MiB",
            "Chirps__Mesh__NodeId=node-3 chirps run"],
        ["chirps demo"] = ["chirps demo", "chirps demo --nodes 7 --keep"],
        ["chirps test"] = ["./chirps test"],
        ["chirps bench"] = ["./chirps bench"],
        ["chirps members"] = ["chirps members", "chirps members --json | jq '.members[] | select(.state != \"Alive\")'", "chirps members --node https://node-2:8080 --ca ca.crt --token-file token"],
        ["chirps watch"] = ["chirps watch", "chirps watch --json --count 1"],
        ["chirps send"] = [
            "chirps send node-2 'hello' --topic greetings",
            "chirps send node-2 --file snapshot.bin -t raft --lane bulk --deadline 30s",
            "echo hello | chirps send node-2 -t greetings -p Ephemeral --json"],
        ["chirps broadcast"] = ["chirps broadcast 'reload' --topic commands", "chirps broadcast 'tick' -t clock -p Ephemeral"],
        ["chirps subscribe"] = ["chirps subscribe greetings", "chirps subscribe greetings --json | jq -r .text"],
        ["chirps state"] = ["chirps state list", "chirps state set role/leader yes --ttl 30s"],
        ["chirps state list"] = ["chirps state list", "chirps state list --of node-2 --json"],
        ["chirps state get"] = ["chirps state get role/leader", "chirps state get role/leader --of node-2"],
        ["chirps state set"] = ["chirps state set role/leader yes", "chirps state set lease/7 held --ttl 30s"],
        ["chirps state delete"] = ["chirps state delete role/leader"],
        ["chirps state watch"] = ["chirps state watch", "chirps state watch role/ --json"],
        ["chirps join"] = ["chirps join 10.0.0.7:42000 10.0.0.8:42000"],
        ["chirps leave"] = ["chirps leave", "chirps leave --node http://127.0.0.1:8081"],
        ["chirps publish"] = ["chirps publish orders '{\"id\":7}' --key customer-12", "chirps publish orders --file order.json --json"],
        ["chirps replay"] = ["chirps replay orders", "chirps replay orders --from 2026-01-31T12:00:00Z --follow", "chirps replay orders --from 17 --partition 0 --count 10 --json"],
        ["chirps channels"] = ["chirps channels", "chirps channels orders --json"],
        ["chirps lag"] = ["chirps lag orders", "chirps lag orders --max 1000 --json"],
        ["chirps config"] = ["chirps config check --config chirps.toml", "chirps config show --changed"],
        ["chirps config check"] = ["chirps config check --config chirps.toml", "chirps config check --json"],
        ["chirps config show"] = ["chirps config show --config chirps.toml", "chirps config show --changed", "chirps config show Chirps:Limits --json"],
        ["chirps config explain"] = ["chirps config explain ControlBytes", "chirps config explain Chirps:Swim"],
        ["chirps certs"] = ["chirps certs init", "chirps certs issue node-1 node-2", "chirps certs show"],
        ["chirps certs init"] = ["chirps certs init --directory certs"],
        ["chirps certs issue"] = ["chirps certs issue node-1 node-2 --cluster prod", "chirps certs issue node-1 --ip 10.0.0.7 --days 30"],
        ["chirps certs rotate"] = ["chirps certs rotate node-1", "chirps certs rotate --all", "chirps certs rotate --authority"],
        ["chirps certs show"] = ["chirps certs show", "chirps certs show --json"],
        ["chirps keys"] = ["chirps keys new", "chirps keys list"],
        ["chirps keys new"] = ["chirps keys new --file membership.keys"],
        ["chirps keys add"] = ["chirps keys add other.keys"],
        ["chirps keys use"] = ["chirps keys use 2"],
        ["chirps keys remove"] = ["chirps keys remove 1"],
        ["chirps keys list"] = ["chirps keys list"],
        ["chirps iggy"] = ["chirps iggy serve"],
        ["chirps iggy serve"] = ["CHIRPS_IGGY_PASSWORD=secret chirps iggy serve --listen 127.0.0.1:8090"],
        ["chirps completion"] = ["eval \"$(chirps completion bash)\"", "chirps completion zsh > ~/.zfunc/_chirps", "chirps completion fish > ~/.config/fish/completions/chirps.fish"],
    };

    /// <summary>The examples of a command.</summary>
    /// <param name="path">The words that lead to it, the program's name first.</param>
    public static IReadOnlyList<string> Of(string path) => _examples.GetValueOrDefault(path) ?? [];
}
