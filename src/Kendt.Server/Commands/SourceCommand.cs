using System.CommandLine;
using System.Text.Json;
using Kendt.Model;
using Kendt.Server.Host;

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
        return new Command("source", "Where data comes from").With(add, list, Keys(), Switch("on", true), Switch("off", false), Limit(), Schema());
    }

    private static Command Keys()
    {
        var (name, more, disable) = (Name(), new Option<bool>("--new") { Description = "Make one more key and print it, once" }, new Option<string?>("--disable") { Description = "Take the key with this id out of use, at once and for ever", HelpName = "ID" });
        var keys = new Command("keys", CommandLine.Help("Show the write keys of a source; make or disable one. To change keys without a gap: make a new one, give it to the senders, disable the old one.",
            "kendt source keys webshop", "kendt source keys webshop --new", "kendt source keys webshop --disable 3f9a0c1b2d4e")).With(name, more, disable);
        keys.Ask(async (parse, gateway, answer, cancel) =>
        {
            var path = Path(parse.GetValue(name)!) + "/keys";
            if (parse.GetValue(more)) answer.Json(await gateway.PostAsync(path, new { }, cancel));
            else
            {
                var found = parse.GetValue(disable) is { } id
                    ? await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{path}/{Uri.EscapeDataString(id)}"), cancel) : await gateway.GetAsync(path, cancel);
                if (answer.IsJson) answer.Json(found);
                else answer.Table(["id", "key", "made", "disabled"], found.EnumerateArray().Select(k => (IReadOnlyList<string>)[k.Text("id"), k.Text("hint"), k.Text("createdAt"), k.Text("disabledAt")]));
            }
            return 0;
        });
        return keys;
    }

    private static Command Switch(string word, bool enabled)
    {
        var name = Name();
        var command = new Command(word, enabled ? "Take from a source again" : "Take nothing more from a source; its senders are answered 404").With(name);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await PatchAsync(gateway, parse.GetValue(name)!, new { enabled }, cancel));
            return 0;
        });
        return command;
    }

    private static Command Limit()
    {
        var (name, rate, burst, none) = (Name(), new Option<double?>("--per-second") { Description = "Messages a second, in the long run" },
            new Option<int?>("--burst") { Description = "Messages that may come at once after a quiet time (twice a second's)" }, new Option<bool>("--none") { Description = "Lift the limit" });
        var command = new Command("limit", CommandLine.Help("Bound how much a source may send; more is answered 429 with Retry-After, and counted.", "kendt source limit webshop --per-second 500 --burst 2000", "kendt source limit webshop --none")).With(name, rate, burst, none);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var perSecond = parse.GetValue(rate);
            if (parse.GetValue(none) == perSecond.HasValue) throw new BadInputException("Give either --per-second N or --none.");
            answer.Json(await PatchAsync(gateway, parse.GetValue(name)!, new { rateLimit = new { perSecond, burst = parse.GetValue(burst) } }, cancel));
            return 0;
        });
        return command;
    }

    private static Command Schema()
    {
        var (name, type, said) = (Name(), new Option<string?>("--type") { Description = "Show what messages of this type carry" }, new Option<string?>("--event") { Description = "The event or page, with --type", HelpName = "NAME" });
        var command = new Command("schema", CommandLine.Help("Show what a source sends: its events, or the properties of one.", "kendt source schema webshop", "kendt source schema webshop --type track --event \"Order Completed\"")).With(name, type, said);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var path = Path(parse.GetValue(name)!) + "/schema";
            if (parse.GetValue(type) is not { } wanted)
            {
                var events = await gateway.GetAsync(path, cancel);
                if (answer.IsJson) answer.Json(events);
                else answer.Table(["type", "event", "count", "first seen", "last seen"], events.GetProperty("events").EnumerateArray().Select(e => (IReadOnlyList<string>)[e.Text("type"), e.Text("name"), e.Text("count"), e.Text("firstSeen"), e.Text("lastSeen")]));
                return 0;
            }
            var properties = await gateway.GetAsync($"{path}?type={Uri.EscapeDataString(wanted)}&event={Uri.EscapeDataString(parse.GetValue(said) ?? "")}", cancel);
            if (answer.IsJson) answer.Json(properties);
            else answer.Table(["property", "types", "example", "count"], properties.GetProperty("properties").EnumerateArray().Select(p => (IReadOnlyList<string>)[p.Text("path"), string.Join(", ", p.GetProperty("types").EnumerateArray()), p.Text("example"), p.Text("count")]));
            return 0;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The source" };

    private static string Path(string name) => "/v1/sources/" + Uri.EscapeDataString(name);

    private static Task<JsonElement> PatchAsync<T>(Gateway gateway, string name, T body, CancellationToken cancel) =>
        gateway.SendAsync(new HttpRequestMessage(HttpMethod.Patch, Path(name)) { Content = System.Net.Http.Json.JsonContent.Create(body) }, cancel);

    internal static string Text(this JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) ? value.ValueKind switch { JsonValueKind.Null => "", JsonValueKind.String => value.GetString()!, _ => value.GetRawText() } : "";
}
