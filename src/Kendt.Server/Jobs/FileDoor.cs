using System.Text.Json;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Host;

namespace Kendt.Server.Jobs;

/// <summary>
/// The door that files come in by, whoever brings them: the file is kept in the workspace first, so that its import can
/// be continued after anything.
/// </summary>
public sealed class FileDoor(KendtOptions options, Imports imports, JobRunner jobs, Audit audit, TimeProvider time)
{
    /// <param name="mapping">YAML of the mapping; null for NDJSON in tracking-API form.</param>
    /// <param name="source">Source of such messages; with a mapping, the mapping names it.</param>
    /// <exception cref="BadInputException">File, mapping or source cannot be used.</exception>
    public async Task<JobId> TakeAsync(Stream content, string name, string? mapping, string? source, string actor, CancellationToken cancel)
    {
        var read = string.IsNullOrWhiteSpace(mapping) ? null : MappingFile.Parse(mapping);
        if (read is null && string.IsNullOrWhiteSpace(source)) throw new BadInputException("Name the source of the messages with --source NAME, or give a mapping with --mapping FILE.");
        if (read is not null && !string.IsNullOrWhiteSpace(source) && source != read.Source) throw new BadInputException($"The mapping is for the source '{read.Source}', not '{source}'. Leave --source out.");
        var folder = Directory.CreateDirectory(Path.Combine(options.Folder, "inbox")).FullName;
        var path = Path.Combine(folder, Guid.CreateVersion7(time.GetUtcNow()).ToString("N") + Suffix(name));
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
        {
            await content.CopyToAsync(file, 1 << 16, cancel);
            file.Flush(flushToDisk: true);
        }
        ImportStarted import;
        try
        {
            import = await imports.StartAsync(path, name, read, read?.Source ?? source!, cancel);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        await audit.WriteAsync(actor, "import.start", read?.Source ?? source!, name, cancel);
        return await jobs.StartAsync(ImportJob.Kind, $"Import {name}", JsonSerializer.Serialize(new ImportJob.Argument(import.Id.Value, name)), cancel);
    }

    // What the reader chooses the format by: up to two endings, such as .csv.gz.
    private static string Suffix(string name)
    {
        var last = Path.GetExtension(name);
        var before = Path.GetExtension(Path.GetFileNameWithoutExtension(name));
        var suffix = last.Equals(".gz", StringComparison.OrdinalIgnoreCase) ? before + last : last;
        return suffix.Length <= 20 && suffix.All(c => char.IsAsciiLetterOrDigit(c) || c == '.') ? suffix.ToLowerInvariant() : "";
    }
}
