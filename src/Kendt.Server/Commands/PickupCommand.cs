using System.CommandLine;
using Kendt.Model;

namespace Kendt.Server.Commands;

/// <summary>Where sources' files are fetched from.</summary>
internal static class PickupCommand
{
    public static Command Make()
    {
        var source = new Argument<string>("SOURCE") { Description = "The source that the files are of" };
        var kind = new Argument<string>("KIND") { Description = "folder, s3, azure or sftp" };
        var settings = new Argument<string[]>("NAME=VALUE") { Description = "What reaches it; @FILE as a value is what stands in the file, for secrets", Arity = ArgumentArity.ZeroOrMore };
        var set = new Command("set", CommandLine.Help("Fetch files of a source from a place: a folder that is watched, a bucket, a container, a server. Rows are read by the mapping that the source keeps.",
            "kendt pickup set loyalty folder path=/data/loyalty pattern=*.csv",
            "kendt pickup set orders s3 bucket=exports prefix=daily/ region=eu-north-1 accessKey=@key secretKey=@secret",
            "kendt pickup set panel azure container=panel connection=@connection",
            "kendt pickup set partner sftp host=sftp.example user=kendt fingerprint=SHA256:... privateKey=@id_ed25519")).With(source, kind, settings);
        set.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.PutAsync(AddressOf(parse.GetValue(source)!), new { kind = parse.GetValue(kind), settings = await ReadAsync(parse.GetValue(settings), cancel) }, cancel));
            return 0;
        });
        var tried = new Command("try", CommandLine.Help("Reach a place without keeping it, and say which files are there.", "kendt pickup try loyalty folder path=/data/loyalty")).With(source, kind, settings);
        tried.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.PostAsync(AddressOf(parse.GetValue(source)!) + "/try", new { kind = parse.GetValue(kind), settings = await ReadAsync(parse.GetValue(settings), cancel) }, cancel));
            return 0;
        });
        var list = new Command("list", CommandLine.Help("Show the places, and how the last look went.", "kendt pickup list"));
        list.Ask(async (_, gateway, answer, cancel) =>
        {
            var all = await gateway.GetAsync("/v1/pickups", cancel);
            if (answer.IsJson) answer.Json(all);
            else answer.Table(["source", "kind", "is", "looked", "note"], all.EnumerateArray().Select(p => (IReadOnlyList<string>)[p.Text("source"), p.Text("kind"), p.GetProperty("enabled").GetBoolean() ? "on" : "paused", p.Text("checkedAt"), p.Text("note")]));
            return 0;
        });
        var check = new Command("check", CommandLine.Help("Look now and take what is new.", "kendt pickup check loyalty")).With(source);
        check.Ask(async (parse, gateway, answer, cancel) =>
        {
            var path = AddressOf(parse.GetValue(source)!);
            var done = await gateway.PostAsync(path + "/check", new { }, cancel);
            var files = await gateway.GetAsync(path + "/files", cancel);
            if (done.GetProperty("waiting").GetInt32() is > 0 and var waiting) await Console.Error.WriteLineAsync($"{waiting} more may still be written to: they are taken when the next look sees them unchanged.");
            if (answer.IsJson) answer.Json(done);
            else answer.Table(["file", "state", "when", "note"], files.EnumerateArray().Select(f => (IReadOnlyList<string>)[f.Text("name"), f.Text("state"), f.Text("at"), f.Text("note")]));
            return done.GetProperty("failed").GetInt32() == 0 ? 0 : 2;
        });
        var remove = new Command("remove", CommandLine.Help("Fetch no more files of a source.", "kendt pickup remove loyalty")).With(source);
        remove.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Delete, AddressOf(parse.GetValue(source)!)), cancel));
            return 0;
        });
        return new Command("pickup", "Where files are fetched from").With(set, tried, list, check, Switch("pause", "Fetch nothing for a while.", false), Switch("resume", "Go on fetching.", true), remove);

        Command Switch(string name, string says, bool enabled)
        {
            var command = new Command(name, CommandLine.Help(says, $"kendt pickup {name} loyalty")).With(source);
            command.Ask(async (parse, gateway, answer, cancel) =>
            {
                answer.Json(await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Patch, AddressOf(parse.GetValue(source)!)) { Content = System.Net.Http.Json.JsonContent.Create(new { enabled }) }, cancel));
                return 0;
            });
            return command;
        }
    }

    private static string AddressOf(string source) => $"/v1/sources/{Uri.EscapeDataString(source)}/pickup";

    private static async Task<Dictionary<string, string>> ReadAsync(string[]? pairs, CancellationToken cancel)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1) throw new BadInputException($"'{pair}' is not NAME=VALUE.");
            values[pair[..at]] = pair.AsSpan(at + 1).StartsWith("@") ? (await SegmentCommand.ReadAsync(new FileInfo(pair[(at + 2)..]), cancel)).Trim() : pair[(at + 1)..];
        }
        return values;
    }
}
