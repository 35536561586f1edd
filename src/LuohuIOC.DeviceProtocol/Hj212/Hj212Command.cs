namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>Command codes (CN) of HJ 212-2017, table 9, as far as this product names them.</summary>
public static class Hj212Command
{
    public const int SetClock = 1012;
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

    /// <summary>The field that carries a factor's value: real time Rtd; periods Avg. Cou is an amount, in another unit.</summary>
    public static ReadOnlySpan<byte> ValueField(int command) => command == RealTime ? "Rtd"u8 : "Avg"u8;
}

/// <summary>Data flags (HJ 212-2017, table 8): how a value came about.</summary>
public static class Hj212DataFlag
{
    /// <summary>Only N is a measurement under normal conditions. A value without a flag is taken as one.</summary>
    public static bool IsGood(ReadOnlySpan<byte> flag) => flag.IsEmpty || (flag.Length == 1 && flag[0] is (byte)'N' or (byte)'n');
}
