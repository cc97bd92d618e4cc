namespace Chirps.Iggy.Embedded.Log;

/// <summary>The directory of one log: the seam behind which tests tear writes and fill disks.</summary>
internal interface ILogDirectory
{
    /// <summary>Names of the files in it, without order.</summary>
    IReadOnlyList<string> Files();

    /// <summary>Makes an empty file. Call <see cref="Sync"/> before anything relies on its name.</summary>
    /// <exception cref="IOException">It exists, or the directory cannot be written.</exception>
    ILogFile Create(string name);

    /// <summary>Opens a file for reading and writing.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    ILogFile Open(string name);

    /// <summary>Removes a file; does nothing when there is none. Whoever has it open can still read it.</summary>
    void Delete(string name);

    /// <summary>Gives a file another name, in place of a file that had it.</summary>
    void Rename(string from, string to);

    /// <summary>Returns when the names of the files are on stable storage.</summary>
    void Sync();
}
