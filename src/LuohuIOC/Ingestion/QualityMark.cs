namespace LuohuIOC.Ingestion;

/// <summary>How far a reading can be trusted. Stored: append, never renumber.</summary>
public enum QualityGrade : byte
{
    Good = 0,

    /// <summary>Feeds rules and charts, but people are told why it is doubted.</summary>
    Doubtful = 1,

    /// <summary>Kept in history, never feeds a rule, a detector or the latest value.</summary>
    Bad = 2,
}

/// <summary>Why a reading is not good. Stored: append, never renumber.</summary>
public enum QualityReason : byte
{
    None = 0,
    OutOfRange = 1,
    ImpossibleRate = 2,
    Stuck = 3,
    Spike = 4,
    Clock = 5,

    /// <summary>The device says itself that this is no ordinary measurement (a data flag of HJ 212 other than N).</summary>
    Device = 6,

    /// <summary>Its Sparkplug node or device has died and not been born again: the latest value says nothing about now. Never stored.</summary>
    Stale = 7,

    /// <summary>The sensor creeps away from its own season while its neighbours do not.</summary>
    Drift = 8,

    /// <summary>The sensor reads too much or too little since a step or a pause, and its neighbours do not.</summary>
    Bias = 9,

    /// <summary>The sensor stays as it is while all its neighbours move.</summary>
    Deaf = 10,
}

/// <summary>Quality of one reading: the worst of its metrics.</summary>
/// <param name="Grade">Worst grade of the metrics.</param>
/// <param name="Reason">Why the first metric of that grade has it.</param>
/// <param name="Slots">Bit i set: the metric in slot i has this grade; all bits for a fault of the whole reading such as its clock.</param>
public readonly record struct QualityMark(QualityGrade Grade, QualityReason Reason, ulong Slots);
