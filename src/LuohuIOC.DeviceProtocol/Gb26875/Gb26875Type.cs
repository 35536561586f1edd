namespace LuohuIOC.DeviceProtocol.Gb26875;

/// <summary>Types of application units (GB/T 26875.3-2011, table 3), as far as this product names them.</summary>
public static class Gb26875Type
{
    public const byte SystemState = 1;
    public const byte ComponentState = 2;
    public const byte Analogue = 3;
    public const byte Operation = 4;
    public const byte TransmitterState = 21;
    public const byte TransmitterOperation = 24;
    public const byte Initialise = 89;
    public const byte SetClock = 90;
    public const byte GuardCheck = 91;

    /// <summary>Bytes of one object; 0 for types whose unit is kept as bytes.</summary>
    public static int ObjectBytes(byte type) => type switch
    {
        SystemState or Operation => 10,
        ComponentState => 46,
        Analogue => 16,
        TransmitterState => 7,
        TransmitterOperation => 8,
        SetClock => 6,
        GuardCheck => 1,
        _ => 0,
    };
}

/// <summary>Bits of operations at the panel, types 4 and 24, that concern a fire.</summary>
public static class Gb26875Operation
{
    public const byte Reset = 1;
    public const byte ManualAlarm = 4;
    public const byte AlarmCleared = 8;
}

/// <summary>Names of the bits of states, figures 7, 8 and 17 of the standard.</summary>
public static class Gb26875State
{
    public const int Normal = 1;
    public const int Fire = 2;
    public const int Fault = 4;
    public const int Shielded = 8;
    public const int Supervisory = 16;

    private static readonly string[] System =
    [
        "normal", "fire", "fault", "shielded", "supervisory", "started", "feedback", "delayed", "mainPowerFault", "backupPowerFault",
        "busFault", "manual", "configChanged", "reset",
    ];

    private static readonly string[] Component =
        ["normal", "fire", "fault", "shielded", "supervisory", "started", "feedback", "delayed", "powerFault"];

    private static readonly string[] Transmitter =
        ["normal", "fire", "fault", "mainPowerFault", "backupPowerFault", "channelFault", "lineFault"];

    /// <summary>Names by bit, from bit 0; reserved bits have none.</summary>
    public static ReadOnlySpan<string> NamesOf(byte type) => type switch
    {
        Gb26875Type.SystemState => System,
        Gb26875Type.ComponentState => Component,
        Gb26875Type.TransmitterState => Transmitter,
        _ => [],
    };

    /// <summary>True for a fault, be it said by its own bit alone: of mains, backup supply, bus, channel or line (tables 6, 7 and 16).</summary>
    public static bool IsAtFault(byte type, ushort state)
    {
        var names = NamesOf(type);
        for (var bit = 0; bit < names.Length; bit++)
            if ((state >> bit & 1) != 0 && names[bit].EndsWith("ault", StringComparison.Ordinal)) return true;
        return false;
    }
}

/// <summary>Units of analogue values, figure 9 of the standard.</summary>
public static class Gb26875Analogue
{
    /// <summary>What one count of a kind of value is worth; 0 for kinds that the standard does not name.</summary>
    public static double ScaleOf(byte kind) => kind switch
    {
        1 or 7 or 12 => 1,
        2 => 0.01,
        3 or 4 or 5 or 6 or 8 or 9 or 10 or 11 => 0.1,
        _ => 0,
    };

    /// <summary>A raw value in its unit; tenths and hundredths by division, so that 800 tenths are 80.</summary>
    public static double ValueOf(byte kind, short raw) => kind == 2 ? raw / 100.0 : ScaleOf(kind) == 1 ? raw : raw / 10.0;
}
