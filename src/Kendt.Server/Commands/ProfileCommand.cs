using System.CommandLine;
using System.Text.Json;

namespace Kendt.Server.Commands;

internal static class ProfileCommand
{
    public static Command Make()
    {
        var id = new Argument<string>("ID") { Description = "A profile id, also one that was merged, or type:value such as email:anna@example.com" };
        var asOf = new Option<string?>("--as-of") { Description = "What was known at that moment", HelpName = "ISO" };
        var names = new Option<string?>("--name") { Description = "Only events of these names or types, with commas between them" };
        var sources = new Option<string?>("--source") { Description = "Only events of these sources" };
        var from = new Option<string?>("--from") { Description = "The first moment that is wanted", HelpName = "ISO" };
        var to = new Option<string?>("--to") { Description = "The first moment that is not wanted any more", HelpName = "ISO" };
        var limit = new Option<int>("--limit") { Description = "How many events", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "Where the page before ended" };

        var show = new Command("show", CommandLine.Help("All that is known of one customer.", "kendt profile show user_id:W000017", "kendt profile show email:anna@example.com --as-of 2026-01-31")).With(id, asOf);
        show.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.GetAsync(Path(parse.GetValue(id)!) + SegmentCommand.Query(("asOf", parse.GetValue(asOf))), cancel));
            return 0;
        });
        var timeline = new Command("timeline", CommandLine.Help("What a customer did, the latest first, by session.", "kendt profile timeline user_id:W000017 --name \"Order Completed\"")).With(id, names, sources, from, to, asOf, limit, cursor);
        timeline.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync(Path(parse.GetValue(id)!) + "/timeline" + SegmentCommand.Query(("name", parse.GetValue(names)), ("source", parse.GetValue(sources)), ("from", parse.GetValue(from)), ("to", parse.GetValue(to)),
                ("asOf", parse.GetValue(asOf)), ("cursor", parse.GetValue(cursor)), ("limit", parse.GetValue(limit).ToString(System.Globalization.CultureInfo.InvariantCulture))), cancel);
            if (answer.IsJson) answer.Json(found);
            else Print(answer, found);
            return 0;
        });
        return new Command("profile", "One customer").With(show, timeline);
    }

    private static string Path(string id) => "/v1/profiles/" + Uri.EscapeDataString(id);

    private static void Print(Answer answer, JsonElement found)
    {
        foreach (var session in found.GetProperty("sessions").EnumerateArray())
        {
            answer.Line($"{session.Text("day")}  {session.Text("from")} to {session.Text("to")}, {session.Text("events")} events");
            foreach (var happened in found.GetProperty("events").EnumerateArray().Where(e => e.Text("session") == session.Text("session")))
            {
                answer.Line($"  {happened.Text("at")}  {(happened.Text("name") is { Length: > 0 } name ? name : happened.Text("type"))}  ({happened.Text("source")})");
                foreach (var line in happened.GetProperty("lines").EnumerateArray()) answer.Line($"      {line.Text("quantity")} x {line.Text("name")} {line.Text("price")}");
            }
        }
        if (found.Text("next") is { Length: > 0 } next) answer.Line($"More: --cursor {next}");
    }
}
