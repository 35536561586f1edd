namespace LuohuIOC.Ingestion;

/// <summary>What is noted of a few readings of a group only.</summary>
internal interface IOfReading
{
    /// <summary>The reading's index in its group.</summary>
    int Reading { get; }
}

/// <summary>Of how many minutes a reading's rain is, as its report says (SL 651, elements 21 to 24, 1A, F4).</summary>
/// <param name="Reading">The reading's index in its group.</param>
/// <param name="Minutes">Before its time; less than nothing for one of a series that tells all rain.</param>
public readonly record struct RainWindow(int Reading, int Minutes) : IOfReading;

/// <summary>What a reading tells of one of the components that share its sensor, as the detectors behind a fire alarm transmitter do (GB/T 26875.3).</summary>
/// <param name="Reading">The reading's index in its group.</param>
/// <param name="Component">Which one: <see cref="Of"/>.</param>
/// <param name="IsOn">It is on fire.</param>
public readonly record struct ComponentState(int Reading, long Component, bool IsOn) : IOfReading
{
    private const int SystemShift = 40;
    private const int PartShift = 56;
    private const long SystemMask = 0xFFFFL << SystemShift;

    /// <summary>A number for what tells of itself; parts of different kinds are told apart, <see cref="ComponentPart.All"/> covers all of its system.</summary>
    /// <param name="part">What it is.</param>
    /// <param name="system">Kind (high byte) and address of its system; 0 for the transmitter's own, which covers every system.</param>
    /// <param name="address">Its address within the system.</param>
    public static long Of(ComponentPart part, ushort system, uint address = 0) => ((long)part << PartShift) | ((long)system << SystemShift) | address;

    /// <summary>What is told of one is told of the other, too.</summary>
    public static bool Covers(long told, long component) =>
        told == component || (told >> PartShift == (long)ComponentPart.All && (told == 0 || (component & SystemMask) == told));
}

/// <summary>What tells of a fire.</summary>
public enum ComponentPart : byte
{
    All,
    Component,
    System,
    Transmitter,
    ManualAlarm,
}
