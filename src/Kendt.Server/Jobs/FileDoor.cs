using System.Text.Json;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Server.Jobs;

/// <summary>How a file is to be taken in.</summary>
/// <param name="Mapping">YAML of the mapping; null: the one that the source keeps for such files, or none for messages.</param>
/// <param name="Source">The source; with a mapping, the mapping names it.</param>
/// <param name="Accept">Where no mapping is given or kept: take the one that is proposed.</param>
/// <param name="Refresh">The file holds all records of the source; null: as the mapping says.</param>
public sealed record FileOrder(string? Mapping, string? Source, bool Accept = false, Refresh? Refresh = null);

/// <summary>
/// The door that files come in by, whoever brings them: the file is kept in the workspace first, so that its import can
/// be continued after anything.
/// </summary>
public sealed class FileDoor(Inbox inbox, Imports imports, KeptMappings mappings, JobRunner jobs, Audit audit)
{
    /// <summary>Takes a file and starts its import; a zip is all its files.</summary>
    /// <exception cref="BadInputException">File, mapping or source cannot be used; nothing was taken.</exception>
    public async Task<JobId> TakeAsync(Stream content, string name, FileOrder order, string actor, CancellationToken cancel)
    {
        Check(order);
        return await TakeKeptAsync(await inbox.KeepAsync(content, name, cancel), name, order, actor, cancel);
    }

    /// <summary>The same for a file that was staged.</summary>
    public async Task<JobId> TakeStagedAsync(Guid id, FileOrder order, string actor, CancellationToken cancel)
    {
        Check(order);
        var staged = inbox.Find(id) ?? throw Gone();
        var job = await TakeKeptAsync(staged.Path, staged.Name, order, actor, cancel, keepOnFault: true);
        inbox.Take(id);
        return job;
    }

    /// <summary>Looks at a file of which nothing is kept.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public async Task<FilePreview> LookAsync(Stream content, string name, string? source, CancellationToken cancel)
    {
        var path = await inbox.KeepAsync(content, name, cancel);
        try
        {
            return await LookAtAsync(path, name, source, null, cancel);
        }
        finally
        {
            inbox.Remove(path);
        }
    }

    /// <summary>Looks at a staged file, which stays.</summary>
    /// <param name="format">How it is written, where the person changed that.</param>
    public Task<FilePreview> LookStagedAsync(Guid id, string? source, FileFormat? format, CancellationToken cancel) =>
        inbox.Find(id) is { } staged ? LookAtAsync(staged.Path, staged.Name, source, format, cancel) : throw Gone();

    private async Task<FilePreview> LookAtAsync(string path, string name, string? source, FileFormat? format, CancellationToken cancel)
    {
        var called = string.IsNullOrWhiteSpace(source) ? SourceOf(name) : source.Trim();
        if (!ZipMembers.Is(path, name)) return await Task.Run(() => Previews.Look(path, name, called, format, cancel), cancel);
        var members = await ZipMembers.UnpackAsync(path, name, inbox.PathFor, () => { }, cancel);
        try
        {
            var preview = await Task.Run(() => Previews.Look(members[0].Path, members[0].Name, called, format, cancel), cancel);
            return members.Count == 1 ? preview : preview with { Remarks = [.. preview.Remarks, new(RemarkKind.OtherFiles, "", string.Join(", ", members.Skip(1).Take(20).Select(m => m.Name)))] };
        }
        finally
        {
            foreach (var member in members) inbox.Remove(member.Path);
        }
    }

    private async Task<JobId> TakeKeptAsync(string path, string name, FileOrder order, string actor, CancellationToken cancel, bool keepOnFault = false)
    {
        IReadOnlyList<ZipMember> files = [new(name, path)];
        var parts = new List<ImportJob.Part>();
        string source;
        try
        {
            files = await inbox.OpenAsync(path, name, cancel);
            // All files find their mapping before the first is begun.
            var chosen = new List<(ZipMember File, Mapping? Mapping)>();
            if (order.Refresh is not null && files.Count > 1) throw new BadInputException("A full refresh is one file that holds all records of its source, not a zip of several.");
            foreach (var file in files) chosen.Add((file, await MappingAsync(file, order, files.Count, cancel)));
            source = chosen[0].Mapping?.Source ?? order.Source!;
            foreach (var (file, mapping) in chosen)
                parts.Add(new((await imports.StartAsync(file.Path, file.Name, mapping, mapping?.Source ?? order.Source, order.Refresh, cancel)).Id.Value, file.Name));
        }
        catch
        {
            foreach (var gone in files.Select(f => f.Path).Append(path).Where(p => !keepOnFault || p != path)) inbox.Remove(gone);
            throw;
        }
        if (files[0].Path != path) inbox.Remove(path); // the zip; its files are here
        await audit.WriteAsync(actor, "import.start", source, name, cancel);
        return await jobs.StartAsync(ImportJob.Kind, $"Import {name}", JsonSerializer.Serialize(new ImportJob.Argument(parts)), cancel);
    }

    private async Task<Mapping?> MappingAsync(ZipMember file, FileOrder order, int count, CancellationToken cancel)
    {
        var given = string.IsNullOrWhiteSpace(order.Mapping) ? null : MappingFile.Parse(order.Mapping);
        if (given is not null && count == 1) return given;
        var source = given?.Source ?? order.Source!;
        if (given is not null && Previews.Fits(file.Path, file.Name, given)) return given;
        if (await mappings.FitAsync(file.Path, file.Name, source, cancel) is { } kept) return kept;
        var preview = await Task.Run(() => Previews.Look(file.Path, file.Name, source, null, cancel), cancel);
        if (preview.IsMessages) return null;
        if (!order.Accept)
            throw new BadInputException($"The source '{source}' keeps no mapping that fits '{file.Name}'. Import one such file first and keep its mapping: in Studio under Data, Imports, or by 'kendt import FILE --preview' and then --mapping FILE or --accept.");
        if (preview.Remarks.FirstOrDefault(r => r.NeedsDecision) is { } open) throw new BadInputException($"'{file.Name}' is not clear by itself: {open} Write its mapping with --preview --save FILE.yaml, mend it, and import with --mapping FILE.yaml.");
        return MappingFile.Parse(MappingDraft.Write(preview.Choice));
    }

    private static void Check(FileOrder order)
    {
        var read = string.IsNullOrWhiteSpace(order.Mapping) ? null : MappingFile.Parse(order.Mapping);
        if (read is null && string.IsNullOrWhiteSpace(order.Source)) throw new BadInputException("Name the source of the file with --source NAME, or give a mapping with --mapping FILE.");
        if (read is not null && !string.IsNullOrWhiteSpace(order.Source) && order.Source != read.Source) throw new BadInputException($"The mapping is for the source '{read.Source}', not '{order.Source}'. Leave --source out.");
    }

    private static BadInputException Gone() => new("The file is no longer here: it was taken in already, or waited too long. Bring it again.");

    // A first proposal for the source's name: that of the file without digits and endings.
    private static string SourceOf(string name)
    {
        var words = Fold.Text(name.Split('.')[0]).Split(' ').Select(w => w.Trim("0123456789".ToCharArray())).Where(w => w.Length > 0);
        var text = string.Join('-', words);
        return text.Length is 0 ? "files" : text.Length > 60 ? text[..60].Trim('-') : text;
    }
}
