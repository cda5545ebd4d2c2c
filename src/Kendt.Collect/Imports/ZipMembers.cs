using System.IO.Compression;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>A file that was in a zip, now a file of its own.</summary>
/// <param name="Name">Its name in the zip without the folders, as people are shown it.</param>
public sealed record ZipMember(string Name, string Path);

/// <summary>
/// Unpacks a zip of files of rows. Where its members say that they belong is not listened to: each becomes a file with a name
/// of our own in the folder that is given, so that no path leads out of it. How much comes out is counted as it comes.
/// </summary>
public static class ZipMembers
{
    private const int MostMembers = 1_000;
    private const long MostBytes = 64L << 30;

    /// <summary>Whether a file is a zip that is not a workbook.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public static bool Is(string path, string name)
    {
        using var opened = FileOpener.Open(path, name);
        return opened is { Form: FileForm.Zip, IsPacked: false };
    }

    /// <summary>Unpacks all members that are files of their own; what systems add for themselves is passed over.</summary>
    /// <param name="pathFor">Where a member with this name is to be written.</param>
    /// <param name="room">Called while bytes are written; throws when the disk has no room for more.</param>
    /// <exception cref="BadInputException">Damaged, locked, too many or too large members, or none; nothing stays behind.</exception>
    public static async Task<IReadOnlyList<ZipMember>> UnpackAsync(string path, string name, Func<string, string> pathFor, Action room, CancellationToken cancel)
    {
        var members = new List<ZipMember>();
        try
        {
            await using var zip = await ZipFile.OpenReadAsync(path, cancel);
            var entries = zip.Entries.Where(IsFile).ToList();
            if (entries.Count > MostMembers) throw new BadInputException($"The zip '{name}' has {entries.Count:N0} files; at most {MostMembers:N0} are taken at once. Pack fewer.");
            var left = MostBytes;
            foreach (var entry in entries)
            {
                if (entry.IsEncrypted) throw new BadInputException($"The zip '{name}' is locked with a password. Pack it without one.");
                var member = new ZipMember(Short(entry.FullName), pathFor(entry.Name));
                members.Add(member);
                left -= await UnpackAsync(entry, member, left, room, cancel);
            }
            return members.Count > 0 ? members : throw new BadInputException($"The zip '{name}' has no files in it.");
        }
        catch (Exception fault)
        {
            foreach (var member in members) File.Delete(member.Path);
            if (fault is InvalidDataException or NotSupportedException or EndOfStreamException) throw new BadInputException($"The zip '{name}' cannot be unpacked: {fault.Message}", fault);
            throw;
        }
    }

    private static async Task<long> UnpackAsync(ZipArchiveEntry entry, ZipMember member, long left, Action room, CancellationToken cancel)
    {
        await using var content = new Bounded(await entry.OpenAsync(cancel), entry.CompressedLength);
        await using var file = new FileStream(member.Path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        var buffer = new byte[1 << 16];
        long written = 0;
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            written += read;
            if (written > left) throw new InvalidDataException($"it unpacks to more than {MostBytes >> 30} GB");
            if ((written & ((16 << 20) - 1)) < read) room();
            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
        file.Flush(flushToDisk: true);
        return written;
    }

    private static bool IsFile(ZipArchiveEntry entry) =>
        Short(entry.FullName) is { Length: > 0 } name && name[0] != '.' && entry.Length != 0 && !entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal) && name is not ("Thumbs.db" or "desktop.ini");

    // The last part of what it calls itself, whichever way its slashes lean.
    private static string Short(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\', ':']) + 1)..];
        var plain = new string([.. last.Select(c => char.IsControl(c) ? '_' : c)]);
        return plain.Length > 120 ? plain[^120..] : plain;
    }
}
