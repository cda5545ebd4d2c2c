using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kendt.Unify.Matching;

namespace Kendt.Server.Commands;

internal static class UnifyCommand
{
    public static Command Make()
    {
        var csv = new Option<FileInfo>("--csv") { Description = "Rows with headings; comma, semicolon, tab or bar between", HelpName = "FILE", Required = true };
        var output = new Option<FileInfo>("--out") { Description = "Gets rec_id,profile_id: rows of one person or company have one profile_id", HelpName = "PRED.csv", Required = true };
        var id = new Option<string>("--id") { Description = "The column that names the rows", HelpName = "COLUMN", DefaultValueFactory = _ => "rec_id" };
        var link = new Option<string?>("--link") { Description = "The column that names each row's source, when each source has no duplicates of its own", HelpName = "COLUMN" };
        var report = new Option<FileInfo?>("--report") { Description = "Gets what was recognised, compared and learnt, as JSON", HelpName = "FILE.json" };
        var rules = new Option<FileInfo?>("--rules") { Description = "Rules that hold besides what is learnt, as JSON", HelpName = "FILE.json" };
        var model = new Option<FileInfo?>("--model") { Description = "What was learnt: used if the file is there, else learnt and written", HelpName = "FILE.json" };
        var households = new Option<FileInfo?>("--households") { Description = "Gets profile_id,household_id of profiles that live with others", HelpName = "FILE.csv" };
        var command = new Command("unify", CommandLine.Help("Find which rows of a file are one person or company. Needs no workspace, no configuration and no examples.",
            "kendt unify --csv customers.csv --out who.csv --id customer_no", "kendt unify --csv both.csv --out who.csv --link source --report how.json")).With(csv, output, id, link, report, rules, model, households);
        command.SetAction((parse, cancel) => Task.Run(() =>
        {
            var error = parse.InvocationConfiguration.Error;
            var found = FileMatch.Run(new()
            {
                Csv = parse.GetValue(csv)!.FullName,
                Out = parse.GetValue(output)!.FullName,
                Id = parse.GetValue(id)!,
                Link = parse.GetValue(link),
                Report = parse.GetValue(report)?.FullName,
                Rules = parse.GetValue(rules)?.FullName,
                Model = parse.GetValue(model)?.FullName,
                Households = parse.GetValue(households)?.FullName,
            }, new Stages(error), cancel);
            if (parse.GetValue(CommandLine.Json))
            {
                new Answer(parse.InvocationConfiguration.Output, json: true).Json(JsonSerializer.SerializeToElement(new { found.Records, Profiles = found.Clusters, found.PairsCompared, Seconds = found.Seconds.Values.Sum() }, JsonSerializerOptions.Web));
                return 0;
            }
            parse.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{found.Records:N0} rows are {found.Clusters:N0} profiles, the largest of {found.LargestCluster}. {found.PairsCompared:N0} pairs were compared in {found.Seconds.Values.Sum():N1} s; about {found.TruePairsMissedEstimated:N0} of {found.TruePairsEstimated:N0} true pairs may not have been among them."));
            return 0;
        }, cancel));
        return command;
    }

    private sealed class Stages(TextWriter error) : IProgress<string>
    {
        public void Report(string value) => error.WriteLine(value switch
        {
            "read" => "Reading the file ...",
            "prepare" => "Recognising columns, normalising values ...",
            "block" => "Choosing what is compared with what ...",
            "learn" => "Learning what agreement is worth ...",
            "score" => "Comparing pairs ...",
            "cluster" => "Making profiles ...",
            _ => "Writing ...",
        });
    }
}
