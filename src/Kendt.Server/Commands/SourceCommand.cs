using System.CommandLine;
using System.Text.Json;

namespace Kendt.Server.Commands;

internal static class SourceCommand
{
    public static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "Small letters, digits and dashes" };
        var kind = new Option<string>("--kind") { Description = "How it delivers: stream (SDKs, tracking API), file or table", DefaultValueFactory = _ => "stream" };
        var party = new Option<string>("--party") { Description = "Whose data it is: first (own), second (a partner's), third (bought)", DefaultValueFactory = _ => "first" };
        var table = new Option<FileInfo?>("--table-file") { Description = "With --kind table: what is read, and what its columns mean (YAML)", HelpName = "FILE.yaml" };
        var connection = new Option<FileInfo?>("--connection-file") { Description = "With --kind table: a file with the connection string, or the path of an SQLite file; it is kept encrypted", HelpName = "FILE" };
        var add = new Command("add", CommandLine.Help("Add a source and print its write key, once. A source that is there gets one more key.",
            "kendt source add webshop --kind stream", "kendt source add partner-travel --kind file --party second", "kendt source add crm --kind table --table-file crm.yaml --connection-file crm.connection")).With(name, kind, party, table, connection);
        add.Ask(async (parse, gateway, answer, cancel) =>
        {
            if (parse.GetValue(table) is { } file)
            {
                answer.Json(await SyncCommand.PutAsync(gateway, parse.GetValue(name)!, file, parse.GetValue(connection), cancel));
                return 0;
            }
            answer.Json(await gateway.PostAsync("/v1/sources", new { name = parse.GetValue(name), kind = parse.GetValue(kind), party = parse.GetValue(party) }, cancel));
            return 0;
        });
        var list = new Command("list", CommandLine.Help("Show the sources and what came in.", "kendt source list", "kendt source list --json"));
        list.Ask(async (_, gateway, answer, cancel) =>
        {
            var sources = await gateway.GetAsync("/v1/sources", cancel);
            if (answer.IsJson) answer.Json(sources);
            else answer.Table(["source", "kind", "party", "messages", "records", "rejected", "last seen"], sources.EnumerateArray().Select(s => (IReadOnlyList<string>)[
                s.Text("name"), s.Text("kind"), s.Text("party"), s.Text("messages"), s.Text("records"), s.Text("rejected"), s.Text("lastSeen")]));
            return 0;
        });
        return new Command("source", "Where data comes from").With(add, list);
    }

    internal static string Text(this JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) ? value.ValueKind switch { JsonValueKind.Null => "", JsonValueKind.String => value.GetString()!, _ => value.GetRawText() } : "";
}
