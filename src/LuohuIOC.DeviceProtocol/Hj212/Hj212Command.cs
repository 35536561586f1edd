namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>Command codes (CN) of HJ 212-2017, table 9, as far as this product names them.</summary>
public static class Hj212Command
{
    public const int SetClock = 1012;
    public const int AskClock = 1013;
    public const int RealTime = 2011;
    public const int DeviceState = 2021;
    public const int Day = 2031;
    public const int Minute = 2051;
    public const int Hour = 2061;
    public const int Boot = 2081;
    public const int Request = 9011;
    public const int Execution = 9012;
    public const int Notice = 9013;
    public const int DataAnswer = 9014;

    /// <summary>True for the commands whose parameters are measured values.</summary>
    public static bool IsData(int command) => command is RealTime or Day or Minute or Hour;

    /// <summary>True for what a station sends by itself and wants a 9014 for.</summary>
    public static bool IsUpload(int command) => command is >= 2000 and < 3000 || command is 3019 or 3020;

    /// <summary>What the centre answers a command of the station's with: a notice is another thing than data. 0 when there is no answer.</summary>
    public static int AnswerTo(int command) => IsUpload(command) ? DataAnswer : command == AskClock ? Notice : 0;

    /// <summary>
    /// How near a field is to a factor's value, 0 when it is none: a period's Avg, else Rtd, which some write for periods too, else Data (noise of
    /// 2005, <c>LEQ-Data</c>). Cou is an amount, in another unit.
    /// </summary>
    public static int RankOf(int command, ReadOnlySpan<byte> field) =>
        Hj212Fields.Is(field, "Avg"u8) ? (command == RealTime ? 0 : 3) : Hj212Fields.Is(field, "Rtd"u8) ? 2 : Hj212Fields.Is(field, "Data"u8) ? 1 : 0;

    /// <summary>That of a field than which none is nearer.</summary>
    /// <param name="command">CN.</param>
    public static int RankMax(int command) => command == RealTime ? 2 : 3;
}

/// <summary>Data flags (HJ 212-2017, table 8): how a value came about.</summary>
public static class Hj212DataFlag
{
    private const int AirQuality = 22;

    /// <summary>
    /// Only N is a measurement under normal conditions. A value without a flag is taken as one. Air stations of 2005 have digits of their own:
    /// 0 calibration, 1 weather, 2 abnormal, 3 normal.
    /// </summary>
    public static bool IsGood(ReadOnlySpan<byte> flag, in Hj212Packet packet) =>
        flag.IsEmpty || (flag.Length == 1 && (flag[0] is (byte)'N' or (byte)'n' || (flag[0] == '3' && packet.SystemCode == AirQuality && packet.Version == 0)));
}
