using System.Collections.Concurrent;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Server.Host;

namespace Kendt.Server.Jobs;

/// <summary>A file that was brought and waits to be confirmed.</summary>
public sealed record StagedFile(Guid Id, string Name, string Path, DateTimeOffset At);

/// <summary>
/// The folder of the workspace in which files lie until they are taken in: written under names of our own, removed when their
/// rows are in the stores.
/// </summary>
public sealed class Inbox(KendtOptions options, DiskGuard disk, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<Guid, StagedFile> _staged = new();

    private string Folder => Directory.CreateDirectory(System.IO.Path.Combine(options.Folder, "inbox")).FullName;

    /// <summary>A path that nothing is at, with the ending of the file's name.</summary>
    public string PathFor(string name) => System.IO.Path.Combine(Folder, Guid.CreateVersion7(time.GetUtcNow()).ToString("N") + Suffix(name));

    /// <summary>Writes a file to disk and waits until it is there.</summary>
    public async Task<string> KeepAsync(Stream content, string name, CancellationToken cancel)
    {
        disk.Need();
        var path = PathFor(name);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            await content.CopyToAsync(file, 1 << 16, cancel);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        return path;
    }

    /// <summary>The files that one file is: the members of a zip, or itself.</summary>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public async Task<IReadOnlyList<ZipMember>> OpenAsync(string path, string name, CancellationToken cancel) =>
        ZipMembers.Is(path, name) ? await ZipMembers.UnpackAsync(path, name, PathFor, disk.Need, cancel) : [new(name, path)];

    /// <summary>Keeps a file until somebody says what it means; for twelve hours at most.</summary>
    public async Task<StagedFile> StageAsync(Stream content, string name, CancellationToken cancel)
    {
        foreach (var old in _staged.Values.Where(f => time.GetUtcNow() - f.At > Kept)) Drop(old.Id);
        var path = await KeepAsync(content, name, cancel);
        var staged = new StagedFile(Guid.CreateVersion7(time.GetUtcNow()), name, path, time.GetUtcNow());
        _staged[staged.Id] = staged;
        return staged;
    }

    public StagedFile? Find(Guid id) => _staged.GetValueOrDefault(id);

    /// <summary>Takes a staged file out; whoever has it now removes it.</summary>
    public StagedFile? Take(Guid id) => _staged.TryRemove(id, out var staged) ? staged : null;

    public void Drop(Guid id)
    {
        if (Take(id) is { } staged) Remove(staged.Path);
    }

    /// <summary>Removes a file if it lies here; others are not ours.</summary>
    public void Remove(string path)
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) == Folder) File.Delete(path);
    }

    /// <summary>Removes what a killed process left: files that no import is to read.</summary>
    public async Task SweepAsync(Imports imports, CancellationToken cancel)
    {
        var wanted = (await imports.UnfinishedAsync(cancel)).Select(i => i.Path).ToHashSet(StringComparer.Ordinal);
        // What is younger may be on its way in this moment.
        var before = time.GetUtcNow().AddHours(-1).UtcDateTime;
        foreach (var path in Directory.EnumerateFiles(Folder).Where(path => !wanted.Contains(path) && File.GetLastWriteTimeUtc(path) < before && _staged.Values.All(s => s.Path != path))) File.Delete(path);
    }

    // For those who look into the folder; what a file is, its first bytes say.
    private static string Suffix(string name)
    {
        var last = System.IO.Path.GetExtension(name);
        var before = System.IO.Path.GetExtension(System.IO.Path.GetFileNameWithoutExtension(name));
        var suffix = last.Equals(".gz", StringComparison.OrdinalIgnoreCase) ? before + last : last;
        return suffix.Length <= 20 && suffix.All(c => char.IsAsciiLetterOrDigit(c) || c == '.') ? suffix.ToLowerInvariant() : "";
    }
}
