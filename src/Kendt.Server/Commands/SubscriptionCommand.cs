using System.CommandLine;

namespace Kendt.Server.Commands;

internal static class SubscriptionCommand
{
    public static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "The subscription's name" };
        var file = new Option<FileInfo>("--file") { Description = "JSON or YAML: destination, purpose, and segment or profiles", HelpName = "FILE", Required = true };

        var list = new Command("list", CommandLine.Help("Destinations that are told of changes.", "kendt subscription list"));
        list.Ask(async (_, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/subscriptions", cancel);
            if (answer.IsJson) answer.Json(found);
            else answer.Table(["subscription", "told of", "destination", "purpose", "waiting", "note"], found.EnumerateArray().Select(s => (IReadOnlyList<string>)[s.Text("name"), s.Text("segment") is { Length: > 0 } segment ? segment : "profiles", s.Text("destination"), s.Text("purpose"), s.Text("waiting"), s.Text("note")]));
            return 0;
        });
        var put = new Command("put", CommandLine.Help("Tell a destination when people enter and leave a segment, or when profiles change, from now on.", "kendt subscription put gold-to-crm --file gold-to-crm.yaml")).With(name, file);
        put.Ask(async (parse, gateway, answer, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, Path(parse.GetValue(name)!)) { Content = new StringContent(await SegmentCommand.ReadAsync(parse.GetValue(file)!, cancel)) };
            answer.Json(await gateway.SendAsync(request, cancel));
            return 0;
        });
        var remove = new Command("remove", CommandLine.Help("Tell it no more.", "kendt subscription remove gold-to-crm")).With(name);
        remove.Ask(async (parse, gateway, answer, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, Path(parse.GetValue(name)!));
            answer.Json(await gateway.SendAsync(request, cancel));
            return 0;
        });
        return new Command("subscription", "Webhooks of what changes: segments and profiles").With(list, put, remove);
    }

    private static string Path(string name) => "/v1/subscriptions/" + Uri.EscapeDataString(name);
}
