namespace LuohuIOC.Alerts;

/// <summary>Warning levels four to one of the Emergency Response Law (突发事件应对法, 2024, art. 63). Stored: never renumber.</summary>
public enum Severity : byte
{
    Blue = 1,
    Yellow = 2,
    Orange = 3,
    Red = 4,
}
