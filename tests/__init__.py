"""Tests of xaisite, from outside."""
